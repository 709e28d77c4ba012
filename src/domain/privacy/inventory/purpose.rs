//! Why data is held, and on which legal basis (GDPR, article 6(1)).

/// What data is used for. Each table has exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// The account itself: sign-in, profile, settings.
    Account,
    /// Calls to providers: keys, routing, usage and cost.
    Calls,
    /// What the person saves on the server.
    Saved,
    /// The security log, throttling, second factors.
    Security,
    /// Mails that the service needs.
    Mail,
    /// News by mail, only after an opt-in.
    Marketing,
    /// Services of others that the person connects, only after an opt-in.
    Integrations,
    /// Answers to what people ask.
    Requests,
    /// Proof that duties were met.
    Accountability,
    /// Running the server; nothing about people.
    Operation,
}

/// The legal basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Article 6(1)(a).
    Consent,
    /// Article 6(1)(b).
    Contract,
    /// Article 6(1)(c).
    LegalObligation,
    /// Article 6(1)(f).
    LegitimateInterest,
    /// Nothing personal.
    None,
}

impl Basis {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consent => "your consent",
            Self::Contract => "the contract with you",
            Self::LegalObligation => "a legal obligation",
            Self::LegitimateInterest => "a legitimate interest",
            Self::None => "none needed",
        }
    }

    /// Where it stands in the regulation.
    #[must_use]
    pub const fn article(self) -> &'static str {
        match self {
            Self::Consent => "Art. 6(1)(a) GDPR",
            Self::Contract => "Art. 6(1)(b) GDPR",
            Self::LegalObligation => "Art. 6(1)(c) GDPR",
            Self::LegitimateInterest => "Art. 6(1)(f) GDPR",
            Self::None => "nothing personal",
        }
    }
}

impl Purpose {
    /// Those that concern people.
    pub const ALL: [Self; 9] = [
        Self::Account,
        Self::Calls,
        Self::Saved,
        Self::Security,
        Self::Mail,
        Self::Marketing,
        Self::Integrations,
        Self::Requests,
        Self::Accountability,
    ];

    /// The word in forms, addresses and tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Calls => "calls",
            Self::Saved => "saved",
            Self::Security => "security",
            Self::Mail => "mail",
            Self::Marketing => "marketing",
            Self::Integrations => "integrations",
            Self::Requests => "requests",
            Self::Accountability => "accountability",
            Self::Operation => "operation",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.id() == id)
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "To run your account",
            Self::Calls => "To make the calls you ask for",
            Self::Saved => "To keep what you save",
            Self::Security => "To keep your account secure",
            Self::Mail => "To write to you",
            Self::Marketing => "To send you news",
            Self::Integrations => "To pass on what you connect",
            Self::Requests => "To answer requests",
            Self::Accountability => "To prove that duties are met",
            Self::Operation => "To run the server",
        }
    }

    /// What is done, as a sentence of the policy.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Account => "Sign-in, sessions, your profile and your settings.",
            Self::Calls => {
                "Routing your requests to the provider that you chose, with your key, and showing you usage and cost."
            }
            Self::Saved => "Test reports: as much of each as you chose, for you alone, until you delete it.",
            Self::Security => "The security log that you can read, the second factor, throttling and limits.",
            Self::Mail => {
                "Confirmation of an address, password resets, security alerts, budget alerts that you set, changes of \
                 this policy, answers to what you ask."
            }
            Self::Marketing => "News by mail, only if you switched it on, until you switch it off.",
            Self::Integrations => {
                "Metadata to a service of your choice, only with your key, your switch and your consent."
            }
            Self::Requests => {
                "From people with or without an account. Where you exercise a right, answering is our legal obligation."
            }
            Self::Accountability => {
                "Which version of this policy you accepted and what you agreed to, as the law asks us to be able to show."
            }
            Self::Operation => "Work lists and keys of the server itself.",
        }
    }

    #[must_use]
    pub const fn basis(self) -> Basis {
        match self {
            Self::Account | Self::Calls | Self::Saved | Self::Mail => Basis::Contract,
            Self::Security | Self::Requests => Basis::LegitimateInterest,
            Self::Marketing | Self::Integrations => Basis::Consent,
            Self::Accountability => Basis::LegalObligation,
            Self::Operation => Basis::None,
        }
    }

    /// Whether the person may object (article 21): what rests on our interest rather than on theirs.
    #[must_use]
    pub const fn may_object(self) -> bool {
        matches!(self.basis(), Basis::LegitimateInterest)
    }

    /// Whether a consent carries it, which can be withdrawn at any time.
    #[must_use]
    pub const fn may_withdraw(self) -> bool {
        matches!(self.basis(), Basis::Consent)
    }
}
