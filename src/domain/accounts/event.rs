//! The kinds of events in the security log that each user sees. The words stand in the table.

macro_rules! kinds {
    ($($variant:ident $word:literal $label:literal;)+) => {
        /// What happened to an account.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum SecurityEventKind { $($variant,)+ }

        impl SecurityEventKind {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word in the table and in exports.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $word,)+ } }

            /// The sentence on the page.
            #[must_use]
            pub const fn label(self) -> &'static str { match self { $(Self::$variant => $label,)+ } }

            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
            }
        }
    };
}

kinds! {
    AccountCreated "account_created" "Account created";
    EmailVerified "email_verified" "Email address confirmed";
    SignedIn "signed_in" "Signed in";
    SignInFailed "sign_in_failed" "Sign-in with a wrong password or code";
    SignedOut "signed_out" "Signed out";
    StepUp "step_up" "Password entered again";
    PasswordChanged "password_changed" "Password changed";
    PasswordReset "password_reset" "Password set anew by mail";
    ProfileChanged "profile_changed" "Profile changed";
    EmailChangeRequested "email_change_requested" "Change of email address asked for";
    EmailChanged "email_changed" "Email address changed";
    SessionRevoked "session_revoked" "Device signed out";
    SessionsRevoked "sessions_revoked" "All other devices signed out";
    TotpEnabled "totp_enabled" "Second factor switched on";
    TotpDisabled "totp_disabled" "Second factor switched off";
    RecoveryCodesMade "recovery_codes_made" "New recovery codes made";
    RecoveryCodeUsed "recovery_code_used" "Signed in with a recovery code";
    KeyAdded "key_added" "Provider key added";
    KeyRotated "key_rotated" "Provider key replaced";
    KeyDeleted "key_deleted" "Provider key deleted";
    PlatformKeyCreated "platform_key_created" "Platform key created";
    PlatformKeyRotated "platform_key_rotated" "Platform key replaced";
    PlatformKeyRevoked "platform_key_revoked" "Platform key revoked";
    PlatformKeyBurned "platform_key_burned" "Platform key burned: somebody found it";
    IntegrationKeySaved "integration_key_saved" "Integration key saved";
    IntegrationKeyRemoved "integration_key_removed" "Integration key deleted";
    IntegrationSwitchedOn "integration_switched_on" "Integration switched on";
    IntegrationSwitchedOff "integration_switched_off" "Integration switched off";
    BudgetChanged "budget_changed" "Budget changed";
    PolicyAccepted "policy_accepted" "Changed privacy policy seen and accepted";
    ErasureAsked "erasure_asked" "Deletion of the account asked for";
    ErasureWaiting "erasure_waiting" "Deletion asked for by mail, without the second factor";
    ErasureCancelled "erasure_cancelled" "Deletion called off";
    UsageDownloaded "usage_downloaded" "Usage downloaded";
    ConsentGiven "consent_given" "Consent given";
    ConsentWithdrawn "consent_withdrawn" "Consent withdrawn";
    Objected "objected" "Objection made";
    ObjectionLifted "objection_lifted" "Objection taken back";
    ProcessingRestricted "processing_restricted" "Processing restricted";
    RestrictionLifted "restriction_lifted" "Restriction lifted";
    RequestSent "request_sent" "Privacy request sent";
    RequestExtended "request_extended" "Time for an answer to your request extended";
    RequestAnswered "request_answered" "Privacy request answered";
    NotMe "not_me" "\"This was not me\": all devices signed out, destructive actions frozen";
    OperatorRead "operator_read" "An operator looked at your account's metadata";
    Disclosed "disclosed" "Data disclosed to an authority, as the law demanded";
    BreachNotified "breach_notified" "You were told of a data breach";
    DataExported "data_exported" "Data downloaded";
    ExportDeleted "export_deleted" "Download of data deleted";
    DataImported "data_imported" "Data of another account taken over";
}
