//! The `spectr` binary: hands over to the command line at once.
//!
//! Its allocator zeroes memory when it is freed, so that a secret that passed through a library's
//! buffers (HTTP, TLS, forms) does not stay behind.

use spectr::Allocator;
use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static ALLOCATOR: ZeroAlloc<Allocator> = ZeroAlloc(Allocator);

fn main() -> std::process::ExitCode {
    spectr::cli::run()
}
