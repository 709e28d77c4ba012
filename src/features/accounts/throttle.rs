//! Throttling of guesses and of mails, per network and per account, without a hard lock.
//!
//! The generic cell rate algorithm in memory: each key holds the one time at which its bucket is
//! empty again. Keys are fingerprints, never an address; they count the same whether an account
//! exists or not, so that being refused tells nothing. A restart forgets them; with several
//! replicas each counts for itself.

use crate::domain::ids::UserId;
use crate::domain::timestamp::{MINUTE_MS, SECOND_MS, Timestamp};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// How many at once, and how often again.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    pub burst: i64,
    /// Milliseconds after which one more is allowed.
    pub period_ms: i64,
}

/// Guesses at one account from one network.
pub const GUESS_HERE: Quota = Quota {
    burst: 20,
    period_ms: 20 * SECOND_MS,
};
/// Guesses at one account from everywhere: high, so that an attacker cannot keep its owner out.
pub const GUESS_ANYWHERE: Quota = Quota {
    burst: 120,
    period_ms: 5 * SECOND_MS,
};
/// Codes of one account's second factor, from everywhere: three of a million are right at any time, and whoever
/// gets here knows the password.
pub const CODE: Quota = Quota {
    burst: 10,
    period_ms: 3 * MINUTE_MS,
};
/// Sign-ins of all kinds from one network.
pub const SIGN_IN_NETWORK: Quota = Quota {
    burst: 300,
    period_ms: SECOND_MS,
};
/// Sign-ups and forgotten passwords from one network.
pub const MAIL_NETWORK: Quota = Quota {
    burst: 200,
    period_ms: 2 * SECOND_MS,
};
/// Mails to one address.
pub const MAIL_ADDRESS: Quota = Quota {
    burst: 30,
    period_ms: 2 * MINUTE_MS,
};

/// Requests of the contact form from one network.
pub const CONTACT_NETWORK: Quota = Quota {
    burst: 30,
    period_ms: MINUTE_MS,
};
/// Requests of the contact form in the name of one address, each of which sends it a mail.
pub const CONTACT_ADDRESS: Quota = Quota {
    burst: 10,
    period_ms: 10 * MINUTE_MS,
};

/// Leaked keys that are given in from one network.
pub const LEAK_NETWORK: Quota = Quota {
    burst: 30,
    period_ms: 10 * SECOND_MS,
};
/// Requests of one person to the API, by session and by any of their keys together.
pub const API_USER: Quota = Quota {
    burst: 120,
    period_ms: 500,
};
/// Requests to the API with keys that are nobody's, from one network.
pub const API_REFUSED: Quota = Quota {
    burst: 60,
    period_ms: SECOND_MS,
};

/// Canaries of one person: each reads everything that the server can read.
pub const CANARY: Quota = Quota {
    burst: 3,
    period_ms: 2 * MINUTE_MS,
};

/// What a key counts. Different kinds never share a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    GuessHere([u8; 32], IpAddr),
    GuessAnywhere([u8; 32]),
    Code(UserId),
    SignInNetwork(IpAddr),
    MailNetwork(IpAddr),
    MailAddress([u8; 32]),
    ContactNetwork(IpAddr),
    ContactAddress([u8; 32]),
    LeakNetwork(IpAddr),
    ApiUser(UserId),
    ApiRefused(IpAddr),
    Canary(UserId),
}

impl Counted {
    const fn quota(self) -> Quota {
        match self {
            Self::GuessHere(..) => GUESS_HERE,
            Self::GuessAnywhere(_) => GUESS_ANYWHERE,
            Self::Code(_) => CODE,
            Self::SignInNetwork(_) => SIGN_IN_NETWORK,
            Self::MailNetwork(_) => MAIL_NETWORK,
            Self::MailAddress(_) => MAIL_ADDRESS,
            Self::ContactNetwork(_) => CONTACT_NETWORK,
            Self::ContactAddress(_) => CONTACT_ADDRESS,
            Self::LeakNetwork(_) => LEAK_NETWORK,
            Self::ApiUser(_) => API_USER,
            Self::ApiRefused(_) => API_REFUSED,
            Self::Canary(_) => CANARY,
        }
    }
}

/// More than this many keys are swept at once: an attacker with many addresses costs no memory.
const SWEEP_AT: usize = 50_000;

/// All buckets of this process.
#[derive(Debug, Default)]
pub struct Throttles(Mutex<HashMap<Counted, i64>>);

impl Throttles {
    /// Counts one against each key.
    ///
    /// # Errors
    /// The seconds after which it would be allowed; nothing is counted then.
    pub fn take(&self, keys: &[Counted], now: Timestamp) -> Result<(), u64> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > SWEEP_AT {
            buckets.retain(|_, empty_at| *empty_at > now.0);
        }
        let mut wait = 0;
        for key in keys {
            let quota = key.quota();
            let empty_at = buckets.get(key).copied().unwrap_or(0).max(now.0);
            let full_at = now.0 + (quota.burst - 1) * quota.period_ms;
            wait = wait.max(empty_at - full_at);
        }
        if wait > 0 {
            return Err(u64::try_from((wait + SECOND_MS - 1) / SECOND_MS).unwrap_or(1));
        }
        for key in keys {
            let empty_at = buckets.entry(*key).or_insert(0);
            *empty_at = (*empty_at).max(now.0) + key.quota().period_ms;
        }
        Ok(())
    }

    /// Forgets what was counted against a key: the right password was given.
    pub fn forgive(&self, key: Counted) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }
}

/// The network of an address: itself, or the /64 that one IPv6 customer has to himself.
#[must_use]
pub fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Counted = Counted::GuessHere([1; 32], IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));

    #[test]
    fn a_burst_is_allowed_then_one_per_period() {
        let throttles = Throttles::default();
        let start = Timestamp(1_000_000);
        for _ in 0..GUESS_HERE.burst {
            assert_eq!(throttles.take(&[HERE], start), Ok(()));
        }
        assert_eq!(throttles.take(&[HERE], start), Err(20));
        let later = start.plus(GUESS_HERE.period_ms);
        assert_eq!(throttles.take(&[HERE], later), Ok(()));
        assert_eq!(throttles.take(&[HERE], later), Err(20));
    }

    #[test]
    fn a_refusal_counts_against_nobody() {
        let throttles = Throttles::default();
        let other = Counted::GuessAnywhere([1; 32]);
        let now = Timestamp(0);
        while throttles.take(&[HERE], now).is_ok() {}
        for _ in 0..1_000 {
            assert!(throttles.take(&[HERE, other], now).is_err());
        }
        assert_eq!(throttles.take(&[other], now), Ok(()));
    }

    #[test]
    fn the_right_password_clears_the_count() {
        let throttles = Throttles::default();
        let now = Timestamp(0);
        while throttles.take(&[HERE], now).is_ok() {}
        throttles.forgive(HERE);
        assert_eq!(throttles.take(&[HERE], now), Ok(()));
    }

    #[test]
    fn one_ipv6_customer_is_one_network() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
