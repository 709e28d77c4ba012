//! Accounts: names, email addresses, passwords and second factors, parsed into valid types.

pub mod consent;
pub mod device;
pub mod email;
pub mod event;
pub mod next;
pub mod password;
pub mod text;

pub use consent::ConsentKind;
pub use email::Email;
pub use event::SecurityEventKind;
pub use text::{PersonName, ProfileText};

/// What an account may do; the words stand in the `users` table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// The address is not confirmed: signing in is not possible yet.
    Unverified,
    Active,
    /// Erasure was asked for and can still be called off.
    Pending,
    /// Erasure runs: nobody signs in any more.
    Erasing,
}

impl AccountState {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Erasing => "erasing",
        }
    }

    /// A word that this version does not know gives no rights: it reads as [`Self::Erasing`].
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "unverified" => Self::Unverified,
            "active" => Self::Active,
            "pending" => Self::Pending,
            _ => Self::Erasing,
        }
    }

    #[must_use]
    pub const fn may_sign_in(self) -> bool {
        matches!(self, Self::Active | Self::Pending)
    }
}
