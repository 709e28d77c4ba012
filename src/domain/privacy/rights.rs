//! Objection and restriction (GDPR, articles 18 and 21): what a person can stop, and what stops then.
//!
//! Every entry has an effect that some code enforces at once; an entry without one would be a promise
//! and not a right. What rests on a consent is stopped by withdrawing it and does not stand here.

use super::inventory::Purpose;

/// Which right is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Article 21: against what rests on a legitimate interest.
    Object,
    /// Article 18: the data is kept, but not used until the restriction is lifted.
    Restrict,
}

macro_rules! limits {
    ($($(#[$doc:meta])* $variant:ident $id:literal $purpose:ident $right:ident $name:literal $effect:literal;)+) => {
        /// One thing that a person can stop.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Limit { $($(#[$doc])* $variant,)+ }

        impl Limit {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word in forms, in the table and in exports.
            #[must_use]
            pub const fn id(self) -> &'static str { match self { $(Self::$variant => $id,)+ } }

            /// For which purpose the data is no longer used.
            #[must_use]
            pub const fn purpose(self) -> Purpose { match self { $(Self::$variant => Purpose::$purpose,)+ } }

            #[must_use]
            pub const fn right(self) -> Right { match self { $(Self::$variant => Right::$right,)+ } }

            /// A few words for buttons and lists.
            #[must_use]
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name,)+ } }

            /// What happens from that moment on.
            #[must_use]
            pub const fn effect(self) -> &'static str { match self { $(Self::$variant => $effect,)+ } }
        }
    };
}

limits! {
    /// The whole account: only kept.
    Everything "restrict_account" Account Restrict "All use of your data"
        "Your data is only kept: calls are refused and running answers end, no key is tested, no list of models is fetched, nothing new is saved, and traces, budget alerts and news stop. You can still sign in, read, download, correct and delete.";
    /// Calls to providers.
    Calls "restrict_calls" Calls Restrict "Calls to providers"
        "Calls are refused and running answers end until you lift this. Your keys and your usage stay as they are and are not used: no key is tested, no list of models is fetched, no trace is sent.";
    /// Mails that nobody's safety depends on.
    Mails "restrict_mail" Mail Restrict "Budget alerts"
        "No budget alerts by mail. Your budgets still hold. Links that you ask for, security alerts and answers to your requests still come.";
    /// Addresses in the security log.
    Addresses "object_security" Security Object "IP addresses in the security log"
        "The addresses kept so far are removed now and no new ones are kept. What happened to your account is still logged, without the address: without it nobody could notice a break-in.";
    /// Closed requests.
    Requests "object_requests" Requests Object "Keeping your closed requests"
        "Requests of yours that are closed are deleted now, and later ones within an hour after the answer has been sent, instead of a year after.";
}

impl Limit {
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|limit| limit.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_is_found_by_its_word_and_says_what_it_does() {
        for limit in Limit::ALL {
            assert_eq!(Limit::parse(limit.id()), Some(*limit));
            assert!(limit.effect().ends_with('.'));
        }
    }

    #[test]
    fn whatever_rests_on_an_interest_can_be_objected_to_and_nothing_else() {
        for purpose in Purpose::ALL {
            let has_objection = Limit::ALL
                .iter()
                .any(|limit| limit.purpose() == purpose && limit.right() == Right::Object);
            assert_eq!(has_objection, purpose.may_object(), "{purpose:?}");
        }
    }
}
