//! The one table of problems: code, HTTP status, title and mend.
//!
//! Pages, the API (RFC 9457 `application/problem+json`), streams and server functions all speak
//! from it. A problem never carries a cause, a query, a path or any text of a provider.

use serde::{Deserialize, Serialize};

macro_rules! problems {
    ($($variant:ident $code:literal $status:literal $title:literal $help:literal;)+) => {
        /// Every way in which a request can end badly.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $($variant,)+ }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Stable machine name, e.g. `key_refused`.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code,)+ } }

            /// HTTP status with which the problem is answered.
            #[must_use]
            pub const fn status(self) -> u16 { match self { $(Self::$variant => $status,)+ } }

            /// What happened, in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str { match self { $(Self::$variant => $title,)+ } }

            /// What to do about it.
            #[must_use]
            pub const fn help(self) -> &'static str { match self { $(Self::$variant => $help,)+ } }
        }
    };
}

problems! {
    BadRequest "bad_request" 400 "The request could not be read" "Check the form or the JSON and send it again.";
    SignedOut "signed_out" 401 "You are signed out" "Sign in and try again; nothing you typed on this page is lost.";
    PlatformKeyRefused "platform_key_refused" 401 "This platform key does not work" "Check that it is whole and was not revoked, or create another under Settings, Platform keys.";
    Forbidden "forbidden" 403 "This request was refused" "Open the page on this site and try again from there.";
    Frozen "frozen" 403 "This is held until you set a new password" "Somebody said \"this was not me\" for this account. Ask for a new password by mail; then everything works again.";
    Restricted "restricted" 403 "You restricted this use of your data" "Lift the restriction under Settings, Privacy, Your rights.";
    NotFound "not_found" 404 "There is nothing here" "Check the address, or start from the dashboard.";
    MethodNotAllowed "method_not_allowed" 405 "This address does not take that method" "Use the method named in the Allow header.";
    NoKey "no_key" 409 "No key for this provider" "Add a key under Settings, API keys, or pick another provider.";
    TooSlow "too_slow" 408 "The request took too long to arrive" "Send it again; on a slow line send less at once.";
    Conflict "conflict" 409 "This was changed meanwhile" "Reload the page and try again.";
    OtherAccount "other_account" 409 "Somebody else is signed in here now" "Nothing was sent. Load the page again to go on with the account that is signed in.";
    Elsewhere "elsewhere" 409 "The file of this download is not on this server" "Ask for a new one under Settings, Privacy, Download: it begins at once and holds what there is now.";
    AccountPending "account_pending" 409 "This account waits for its deletion" "Call the deletion off under Settings, Privacy, Delete to use it again.";
    Gone "gone" 410 "This is over" "There is nothing left to call off; the receipt of the deletion stays readable.";
    TooLarge "too_large" 413 "That is too large" "Send less: shorten what you wrote, or what goes along with it.";
    UnsupportedMediaType "unsupported_media_type" 415 "This address does not take that kind of content" "Set the Content-Type that the documentation names.";
    Unprocessable "unprocessable" 422 "Something in the request is not valid" "Mend the field that is named and send it again.";
    KeyRefused "key_refused" 424 "The provider refused your key" "Test or replace the key under Settings, API keys.";
    ProviderPermission "provider_permission" 424 "Your key may not use this model" "Pick another model, or allow it in the provider's console.";
    ProviderBilling "provider_billing" 424 "The provider account has no credit" "Add credit in the provider's console.";
    ModelNotFound "model_not_found" 422 "The provider does not know this model" "Pick a model from the list.";
    ContextTooLong "context_too_long" 422 "The conversation is longer than the model can read" "Remove earlier messages or pick a model with a larger context.";
    ProviderRefusedRequest "provider_refused_request" 422 "The provider refused the request" "Change the parameters or pick another model.";
    RateLimited "rate_limited" 429 "Too many requests" "Wait a moment and try again.";
    ProviderRateLimited "provider_rate_limited" 429 "The provider's rate limit is reached" "Wait a moment and try again, or use another provider.";
    TooManyStreams "too_many_streams" 429 "Too many answers are streaming at once" "Wait for one to end or stop it.";
    BudgetExhausted "budget_exhausted" 429 "Your budget is spent" "Raise it under Settings, Budgets, or wait until it renews.";
    TrialExhausted "trial_exhausted" 429 "Today's trial calls are used up" "Add a key of your own under Settings, API keys, or come back tomorrow.";
    Internal "internal" 500 "Something went wrong here" "Try again; if it stays, send us the request id.";
    ProviderOverloaded "provider_overloaded" 502 "The provider is overloaded" "Try again in a minute or pick another model.";
    ProviderDown "provider_down" 502 "The provider is not answering properly" "Try again later or pick another provider.";
    ProviderUnreachable "provider_unreachable" 502 "The provider cannot be reached" "Check the base URL and your network, then try again.";
    ProviderGarbled "provider_garbled" 502 "The provider sent something unreadable" "Try again; if it stays, check the base URL.";
    StreamCut "stream_cut" 502 "The answer was cut off" "What arrived is kept. Retry to ask again.";
    ProviderTooMuch "provider_too_much" 502 "The provider sent more than can be taken" "What arrived before is kept. Ask for less.";
    Busy "busy" 503 "The server is busy" "Try again in a few seconds.";
    Unavailable "unavailable" 503 "The database cannot be used right now" "Try again shortly; nothing was half-saved.";
    DiskFull "disk_full" 507 "The server's disk is full" "Nothing was half-saved. Try again later, or write to the operator.";
    ConnectTimeout "connect_timeout" 504 "The provider did not take the connection in time" "Try again or check the base URL.";
    FirstByteTimeout "first_byte_timeout" 504 "The provider did not begin to answer in time" "Try again or pick a faster model.";
    Stalled "stalled" 504 "The answer stopped arriving" "What arrived is kept. Retry to ask again.";
    TotalTimeout "total_timeout" 504 "The answer took too long" "What arrived is kept. Ask for a shorter answer.";
}

/// A problem as it is answered: the table's row, and what is particular to this case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: Code,
    /// One more sentence for the person in front of the screen; safe to show, never logged.
    pub detail: Option<String>,
    /// The form field that has to be mended.
    pub field: Option<String>,
    /// Seconds after which a retry makes sense (`Retry-After`).
    pub retry_after: Option<u64>,
}

impl Problem {
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            detail: None,
            field: None,
            retry_after: None,
        }
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// What happened, with the particular sentence where there is one.
    #[must_use]
    pub fn message(&self) -> String {
        match &self.detail {
            Some(detail) => format!("{}. {detail}", self.code.title()),
            None => format!("{}.", self.code.title()),
        }
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.code())
    }
}

impl std::error::Error for Problem {}
