//! bcrypt on a few threads of its own, at a low priority, behind a bounded queue: a flood of
//! sign-ins never delays a stream, and never piles up memory.
//!
//! Passwords arrive here already peppered (64 characters of base64), because bcrypt stops at 72
//! bytes. An account that does not exist costs the same time as one that does.

use crate::domain::privacy::constants::BCRYPT_COST;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// Waiting hashes per thread: at about 0.3 to 0.8 seconds each, the last one waits some 20 seconds.
const QUEUE_PER_THREAD: usize = 32;
/// Seconds after which a person who was turned away may try again.
const RETRY_AFTER: u64 = 5;
/// Niceness of the hashing threads: they take what streams leave, and about a tenth of a core where another
/// program leaves nothing, so that people can still sign in.
const NICENESS: i32 = 10;
/// Salt and hash of a random password that nobody knows, for accounts that do not exist.
const DUMMY: &str = "rAUiWpyTPZTScH49bZRvZOWPbtV3oF2vo3RSX3YqFQEmVSkGZ1nXO";

/// The queue is full, or the machine could not hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked at once")]
pub struct Busy {
    /// Seconds for `Retry-After`.
    pub retry_after: u64,
}

impl From<Busy> for crate::domain::problem::Problem {
    fn from(busy: Busy) -> Self {
        Self::new(crate::domain::problem::Code::Busy).retry_after(busy.retry_after)
    }
}

const BUSY: Busy = Busy {
    retry_after: RETRY_AFTER,
};

enum Work {
    Hash(Zeroizing<String>, oneshot::Sender<Option<String>>),
    Verify(Zeroizing<String>, String, oneshot::Sender<bool>),
}

/// The hashing threads. Cheap to clone; the threads end when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Passwords {
    queue: SyncSender<Work>,
    /// The hash that stands for an account that does not exist.
    dummy: Arc<str>,
}

impl Passwords {
    /// Starts half as many threads as the machine has cores, at least one.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start() -> std::io::Result<Self> {
        Self::start_at_cost(BCRYPT_COST)
    }

    /// As [`Self::start`] with another cost: for tests, which spend a third of their time on hashes otherwise. What a
    /// server keeps is hashed by [`Self::start`]; no setting leads here.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_at_cost(cost: u32) -> std::io::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1));
        let (sender, receiver) = sync_channel(threads * QUEUE_PER_THREAD);
        let receiver = Arc::new(Mutex::new(receiver));
        for number in 0..threads {
            let receiver = Arc::clone(&receiver);
            std::thread::Builder::new()
                .name(format!("bcrypt-{number}"))
                .spawn(move || work(&receiver, cost))?;
        }
        Ok(Self {
            queue: sender,
            dummy: format!("$2b${cost:02}${DUMMY}").into(),
        })
    }

    /// The bcrypt hash of a peppered password, `$2b$12$…`.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn hash(&self, peppered: Zeroizing<String>) -> Result<String, Busy> {
        let (reply, answer) = oneshot::channel();
        self.queue(Work::Hash(peppered, reply))?;
        answer.await.ok().flatten().ok_or(BUSY)
    }

    /// Whether the peppered password belongs to the hash; `None` (no such account) takes as long
    /// and is never true.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn verify(&self, peppered: Zeroizing<String>, hash: Option<String>) -> Result<bool, Busy> {
        let exists = hash.is_some();
        let (reply, answer) = oneshot::channel();
        let hash = hash.unwrap_or_else(|| self.dummy.as_ref().to_owned());
        self.queue(Work::Verify(peppered, hash, reply))?;
        let matches = answer.await.map_err(|_| BUSY)?;
        Ok(matches && exists)
    }

    fn queue(&self, work: Work) -> Result<(), Busy> {
        self.queue.try_send(work).map_err(|error| match error {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => BUSY,
        })
    }
}

fn work(receiver: &Mutex<Receiver<Work>>, cost: u32) {
    // On Linux this is the calling thread alone.
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "hashing threads keep the usual priority");
    }
    loop {
        let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        // An answer that nobody waits for any more is not worth the time.
        match work {
            Work::Hash(password, reply) if !reply.is_closed() => {
                let hash = bcrypt::non_truncating_hash(password.as_bytes(), cost).ok();
                drop(password);
                if reply.send(hash).is_err() {
                    tracing::trace!("nobody waited for a password hash any more");
                }
            }
            Work::Verify(password, hash, reply) if !reply.is_closed() => {
                // A stored hash that cannot be read matches nothing.
                let matches = bcrypt::non_truncating_verify(password.as_bytes(), &hash).unwrap_or(false);
                drop(password);
                if reply.send(matches).is_err() {
                    tracing::trace!("nobody waited for a password check any more");
                }
            }
            Work::Hash(..) | Work::Verify(..) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_hash_is_2b_cost_12_and_verifies_only_its_password() {
        let passwords = Passwords::start().unwrap();
        let hash = passwords.hash(text("right")).await.unwrap();
        assert!(hash.starts_with("$2b$12$") && hash.len() == 60, "{hash}");
        assert!(passwords.verify(text("right"), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(text("wrong"), Some(hash)).await.unwrap());
    }

    #[test]
    fn the_dummy_hash_costs_what_a_real_one_costs() {
        let parts: bcrypt::HashParts = Passwords::start().unwrap().dummy.parse().unwrap();
        assert_eq!(parts.get_cost(), BCRYPT_COST);
    }

    #[tokio::test]
    async fn no_account_is_never_right() {
        let passwords = Passwords::start().unwrap();
        assert!(!passwords.verify(text("anything"), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_broken_hash_matches_nothing() {
        let passwords = Passwords::start().unwrap();
        assert_eq!(passwords.verify(text("x"), Some("broken".to_owned())).await, Ok(false));
    }

    #[tokio::test]
    async fn a_full_queue_turns_people_away_at_once() {
        let (sender, _receiver) = sync_channel(1);
        let passwords = Passwords {
            queue: sender,
            dummy: "".into(),
        };
        let (reply, _answer) = oneshot::channel();
        passwords.queue(Work::Hash(text("x"), reply)).unwrap();
        assert_eq!(passwords.hash(text("y")).await, Err(BUSY));
    }
}
