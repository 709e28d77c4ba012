//! How much one person may ask at once and per minute. In memory, per process.

use crate::domain::ids::UserId;
use crate::domain::limits::{REQUESTS_PER_MINUTE, STREAMS_PER_USER};
use crate::domain::problem::{Code, Problem};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::SetOnce;

/// Seconds after which a stream has probably ended, where nothing better is known.
const SLOT_RETRY_SECONDS: u64 = 5;

/// Both limits.
#[derive(Debug)]
pub(super) struct Limits {
    streams: Arc<Mutex<HashMap<UserId, Streams>>>,
    requests: DefaultKeyedRateLimiter<UserId>,
    clock: DefaultClock,
    most_streams: u32,
}

/// What one person has running.
#[derive(Debug, Default)]
struct Streams {
    running: u32,
    /// Ends all of them.
    stop: Stop,
}

/// Tells streams to end, and why.
#[derive(Clone, Debug, Default)]
pub(super) struct Stop(Arc<SetOnce<Code>>);

impl Stop {
    fn tell(&self, why: Code) {
        // Whoever was first has told already.
        self.0.set(why).ok();
    }

    /// Why the streams have to end; `None` while they need not.
    pub(super) fn reason(&self) -> Option<Code> {
        self.0.get().copied()
    }

    /// Waits until the streams have to end.
    pub(super) async fn told(&self) -> Code {
        *self.0.wait().await
    }
}

/// The right to one running stream; given back when dropped, on whatever path.
#[derive(Debug)]
pub(super) struct Slot {
    user: UserId,
    streams: Arc<Mutex<HashMap<UserId, Streams>>>,
    stop: Stop,
}

impl Slot {
    /// Tells when this person's streams have to end.
    pub(super) fn stop(&self) -> Stop {
        self.stop.clone()
    }
}

impl Limits {
    pub(super) fn new(most_streams: u32, per_minute: u32) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        Self {
            streams: Arc::default(),
            requests: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            most_streams,
        }
    }

    /// A slot for one stream, then one request off the rate: a refused stream costs no request.
    ///
    /// # Errors
    /// `too_many_streams` or `rate_limited`, with the time after which a retry makes sense.
    pub(super) fn enter(&self, user: UserId) -> Result<Slot, Problem> {
        let slot = self.slot(user)?;
        self.requests.check_key(&user).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            Problem::new(Code::RateLimited).retry_after(wait.as_secs() + 1)
        })?;
        Ok(slot)
    }

    fn slot(&self, user: UserId) -> Result<Slot, Problem> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let of_user = streams.entry(user).or_default();
        if of_user.running >= self.most_streams {
            return Err(Problem::new(Code::TooManyStreams).retry_after(SLOT_RETRY_SECONDS));
        }
        of_user.running += 1;
        Ok(Slot {
            user,
            streams: Arc::clone(&self.streams),
            stop: of_user.stop.clone(),
        })
    }

    /// Tells the streams of a person that are still being opened to end; later ones may run.
    pub(super) fn stop(&self, user: UserId, why: Code) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_user) = streams.get_mut(&user) {
            std::mem::take(&mut of_user.stop).tell(why);
        }
    }

    /// Forgets people who have not asked for a while.
    pub(super) fn sweep(&self) {
        self.requests.retain_recent();
        self.requests.shrink_to_fit();
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(STREAMS_PER_USER, REQUESTS_PER_MINUTE)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_user) = streams.get_mut(&self.user) {
            of_user.running -= 1;
            if of_user.running == 0 {
                streams.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn user(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    #[test]
    fn streams_are_counted_per_person_and_given_back() {
        let limits = Limits::new(2, 100);
        let first = limits.enter(user(1)).unwrap();
        let _second = limits.enter(user(1)).unwrap();
        let refused = limits.enter(user(1)).unwrap_err();
        assert_eq!(refused.code, Code::TooManyStreams);
        assert!(refused.retry_after.is_some());
        let _other = limits.enter(user(2)).unwrap();
        drop(first);
        limits.enter(user(1)).unwrap();
    }

    #[test]
    fn a_refused_stream_costs_no_request() {
        let limits = Limits::new(1, 2);
        let running = limits.enter(user(1)).unwrap();
        for _ in 0..10 {
            assert_eq!(limits.enter(user(1)).unwrap_err().code, Code::TooManyStreams);
        }
        drop(running);
        limits.enter(user(1)).unwrap();
        let refused = limits.enter(user(1)).unwrap_err();
        assert_eq!(refused.code, Code::RateLimited);
        assert!(refused.retry_after.is_some_and(|seconds| (1..=60).contains(&seconds)));
    }

    #[test]
    fn a_refused_request_gives_its_slot_back() {
        let limits = Limits::new(1, 1);
        drop(limits.enter(user(1)).unwrap());
        for _ in 0..3 {
            assert_eq!(limits.enter(user(1)).unwrap_err().code, Code::RateLimited);
        }
        assert!(limits.streams.lock().unwrap().is_empty());
    }

    #[test]
    fn stopping_a_person_ends_what_runs_and_nothing_that_comes_later() {
        let limits = Limits::new(3, 10);
        let (mine, other) = (limits.enter(user(1)).unwrap(), limits.enter(user(2)).unwrap());
        limits.stop(user(1), Code::SignedOut);
        let later = limits.enter(user(1)).unwrap();
        assert_eq!(mine.stop().reason(), Some(Code::SignedOut));
        assert!(later.stop().reason().is_none() && other.stop().reason().is_none());
    }

    #[test]
    fn a_panic_gives_the_slot_back() {
        let limits = Arc::new(Limits::new(1, 10));
        let inside = Arc::clone(&limits);
        std::thread::spawn(move || {
            let _slot = inside.enter(user(1)).unwrap();
            panic!("on purpose");
        })
        .join()
        .unwrap_err();
        limits.enter(user(1)).unwrap();
    }
}
