//! Keeps the process' memory to itself: no core dumps, no peeking by other processes of the same
//! user.
//!
//! Swap and the kernel are out of scope; the operator encrypts swap.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Switches core dumps and `ptrace` attachment off for this process. A kernel that refuses is
/// reported in the log; the server goes on, because nothing else depends on it.
pub fn lock_down() {
    let nothing = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = setrlimit(Resource::Core, nothing) {
        tracing::warn!(%error, "core dumps could not be limited to nothing");
    }
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "core dumps could not be switched off");
    }
}
