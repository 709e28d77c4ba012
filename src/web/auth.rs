//! Who sends a request: a layer resolves the session once, extractors and pages read the result.
//!
//! ```text
//! cookie → resolve (layer) → Option<Holder>, Option<CurrentUser> in the request's extensions
//!            ├─ SignedIn     pages and forms; signed out: 303 to /login?next=…
//!            ├─ SignedInApi  streams of islands; signed out: 401 problem+json
//!            ├─ ApiUser      the API: a platform key where one is sent, else the session
//!            └─ current_user()  inside a page
//! ```
//!
//! There is one cookie and no other: signed, HttpOnly, SameSite=Lax. Visitors who are not signed in
//! have neither a cookie nor a row.

use super::respond;
use crate::domain::accounts::next::safe_next;
use crate::domain::ids::UserId;
use crate::domain::privacy::constants::SESSION_IDLE_DAYS;
use crate::domain::problem::{Code, Problem};
use crate::features::App;
use crate::features::accounts::sessions::Secret;
use crate::features::accounts::throttle::{Counted, network};
use crate::features::accounts::{self, CurrentUser, Holder, Resolved};
use crate::features::platform;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// Everything below these paths is for signed-in people only, whatever the page itself does.
const SIGNED_IN: &[&str] = &["/dashboard", "/assistant", "/reports", "/settings"];
/// What waits for a new password after "this was not me": changes of keys, of the address and of the second factor.
/// Deletion stands apart, because calling it off goes to the same path; its service refuses.
const HELD: &[&str] = &[
    "/settings/keys",
    "/settings/platform-keys",
    "/settings/integrations",
    "/settings/profile",
    "/settings/security/factor",
    "/settings/security/password",
];
/// Downloads of everything wait too, by whatever method.
const HELD_WHOLLY: &[&str] = &["/settings/privacy/export"];
/// Paths that need to know nobody: static files and health checks.
const ANONYMOUS: &[&str] = &["/pkg", "/fonts", "/healthz", "/readyz"];
/// Paths that ask whose session it is, and nothing more about the person.
const NAMELESS: &[&str] = &["/stream"];

/// Resolves the session, keeps signed-out people from signed-in pages, and lets the cookie slide.
pub async fn resolve(app: &App, mut request: Request, next: impl AsyncFnOnce(Request) -> Response) -> Response {
    let path = request.uri().path();
    // A program that sends a key is who the key says, and gets no cookie.
    let is_by_key = is_below(path, &["/api"]) && request.headers().contains_key(header::AUTHORIZATION);
    if is_by_key || is_below(path, ANONYMOUS) {
        return next(request).await;
    }
    let secret = cookie(app, request.headers()).and_then(|value| Secret::from_cookie(app, value));
    let resolved = match &secret {
        Some(secret) => find(app, secret, path).await,
        None => Ok(None),
    };
    let needs_user = is_below(path, SIGNED_IN);
    let resolved = match resolved {
        Ok(resolved) => resolved,
        // Public pages work without knowing who asks; the others must not pretend "signed out".
        Err(error) if needs_user || is_below(path, &["/stream", "/api"]) => {
            return respond::problem(&error.into(), None);
        }
        Err(error) => {
            tracing::warn!(%error, "a session could not be read; the page is shown to nobody in particular");
            None
        }
    };
    let was_touched = resolved.as_ref().is_some_and(|(found, _)| found.was_touched);
    let holder = resolved.as_ref().map(|(found, _)| found.holder);
    let user = resolved.and_then(|(_, user)| user);
    if needs_user && holder.is_none() && !answers_signed_out(&request) {
        return sign_in_first(request.method(), request.uri(), request.headers());
    }
    if let Some(response) = unless_in_use(holder, &request) {
        return response;
    }
    if holder.is_some_and(|holder| holder.is_frozen) && is_held(request.method(), path) {
        return respond::problem(&Code::Frozen.into(), None);
    }
    if holder.is_some() && request.method() == Method::GET && is_for_signed_out(request.uri()) {
        let next = request.uri().query().and_then(next_of);
        return see_other(safe_next(next.as_deref()));
    }
    request.extensions_mut().insert(holder);
    request.extensions_mut().insert(user);
    let mut response = next(request).await;
    if let (true, Some(secret)) = (was_touched, &secret)
        && !response.headers().contains_key(header::SET_COOKIE)
    {
        set_cookie(app, &mut response, secret);
    }
    response
}

/// Whose session it is; and who that is, but for streams: they do not ask for name and address, and
/// opening those would keep the first token waiting.
async fn find(app: &App, secret: &Secret, path: &str) -> accounts::Result<Option<(Resolved, Option<CurrentUser>)>> {
    let Some(found) = accounts::resolve(app, secret).await? else {
        return Ok(None);
    };
    if is_below(path, NAMELESS) {
        let is_erased = found.is_erased(app).await?;
        return Ok((!is_erased).then_some((found, None)));
    }
    let user = found.open(app).await?;
    Ok(user.map(|user| (found, Some(user))))
}

/// The signed-in person, inside a Leptos page that is rendered on the server.
#[must_use]
pub fn current_user() -> Option<CurrentUser> {
    leptos::prelude::use_context::<Parts>().and_then(|parts| user_of(&parts))
}

fn holder_of(parts: &Parts) -> Option<Holder> {
    parts.extensions.get::<Option<Holder>>().copied().flatten()
}

/// The signed-in person of a request that passed [`resolve`]; nobody below [`NAMELESS`] paths.
#[must_use]
pub fn user_of(parts: &Parts) -> Option<CurrentUser> {
    parts.extensions.get::<Option<CurrentUser>>().cloned().flatten()
}

/// The signed-in person, for pages and forms: others are sent to sign in and come back.
#[derive(Clone, Debug)]
pub struct SignedIn(pub CurrentUser);

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        user_of(parts).map(Self).ok_or_else(|| to_sign_in(parts))
    }
}

/// Whose session it is, for machines and streams: others get 401 as problem+json.
#[derive(Clone, Copy, Debug)]
pub struct SignedInApi(pub Holder);

impl<S: Sync> FromRequestParts<S> for SignedInApi {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        holder_of(parts)
            .map(Self)
            .ok_or_else(|| respond::problem(&Problem::from(Code::SignedOut), None))
    }
}

/// Who asks the API: the owner of the platform key that was sent, else the person who is signed in.
/// A key that does not work is refused, whatever the cookie says.
#[derive(Clone, Copy, Debug)]
pub struct ApiUser(pub UserId);

impl FromRequestParts<App> for ApiUser {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let user = match parts.headers.get(header::AUTHORIZATION) {
            Some(sent) => by_key(app, parts, sent).await?,
            None => match holder_of(parts) {
                Some(holder) => holder.id,
                None => return Err(unauthorized(&Code::SignedOut.into(), "Bearer realm=\"spectr\"")),
            },
        };
        let taken = app.throttles.take(&[Counted::ApiUser(user)], app.clock.now());
        taken.map_err(throttled)?;
        Ok(Self(user))
    }
}

async fn by_key(app: &App, parts: &Parts, sent: &HeaderValue) -> Result<UserId, Response> {
    let text = sent.to_str().unwrap_or_default();
    let (scheme, key) = text.split_once(' ').unwrap_or((text, ""));
    let found = if scheme.eq_ignore_ascii_case("bearer") {
        platform::authenticate(app, key.trim())
            .await
            .map_err(|error| respond::problem(&error.into(), None))?
    } else {
        None
    };
    let Some(user) = found else {
        let ip = super::client::ip(app, &parts.headers, &parts.extensions);
        let counted = Counted::ApiRefused(network(ip));
        app.throttles.take(&[counted], app.clock.now()).map_err(throttled)?;
        let challenge = "Bearer realm=\"spectr\", error=\"invalid_token\"";
        return Err(unauthorized(&Code::PlatformKeyRefused.into(), challenge));
    };
    Ok(user)
}

fn throttled(retry_after: u64) -> Response {
    respond::problem(&accounts::Error::Throttled { retry_after }.into(), None)
}

/// 401 that says how to come in (RFC 6750).
fn unauthorized(problem: &Problem, challenge: &'static str) -> Response {
    let mut response = respond::problem(problem, None);
    let headers = response.headers_mut();
    headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

/// The answer to a request that only signed-in people may make: sign in, and come back.
#[must_use]
pub fn to_sign_in(parts: &Parts) -> Response {
    sign_in_first(&parts.method, &parts.uri, &parts.headers)
}

/// The page that asks for the deletion of an account, and calls it off.
const DELETION: &str = "/settings/privacy/delete";
/// What an account that waits for its deletion may still do: take its data along, and change its mind.
const WHILE_PENDING: &[&str] = &["/settings/privacy", "/settings/confirm"];

/// A form that calls a deletion off is told when it comes too late, also when nobody is there any more
/// to be signed in.
fn answers_signed_out(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path() == DELETION
}

/// An account that waits for its deletion leads to the page that calls it off.
fn unless_in_use(holder: Option<Holder>, request: &Request) -> Option<Response> {
    let path = request.uri().path();
    let is_used = is_below(path, SIGNED_IN) || is_below(path, &["/stream", "/api"]);
    if !holder.is_some_and(|holder| holder.is_pending_erasure) || !is_used || is_below(path, WHILE_PENDING) {
        return None;
    }
    let is_page = matches!(*request.method(), Method::GET | Method::HEAD) && is_below(path, SIGNED_IN);
    Some(if is_page {
        see_other(DELETION)
    } else {
        respond::problem(&Problem::from(Code::AccountPending), None)
    })
}

/// Whether a frozen account has to wait with this.
fn is_held(method: &Method, path: &str) -> bool {
    is_below(path, HELD_WHOLLY) || (!method.is_safe() && is_below(path, HELD))
}

/// Pages that make no sense to somebody who is signed in.
fn is_for_signed_out(uri: &Uri) -> bool {
    matches!(uri.path(), "/login" | "/signup")
}

fn next_of(query: &str) -> Option<String> {
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "next")
        .map(|(_, value)| value.into_owned())
}

/// 303 to the sign-in page, which leads back here afterwards (for a form: to its page).
///
/// Nothing on the sign-in page links to a page for signed-in people: who comes from there has just
/// signed in and lost the cookie, and is told so.
fn sign_in_first(method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    let came_from = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let lost_cookie = came_from
        .and_then(|from| from.parse::<Uri>().ok())
        .is_some_and(|from| from.path() == "/login");
    let hint = if lost_cookie { "&cookies=off" } else { "" };
    let back = match *method {
        Method::GET | Method::HEAD => uri.path_and_query().map_or("/", |path| path.as_str()),
        _ => uri.path(),
    };
    let next: String = url::form_urlencoded::byte_serialize(safe_next(Some(back)).as_bytes()).collect();
    see_other(&format!("/login?next={next}{hint}"))
}

/// 303 to a path of this site.
#[must_use]
pub fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (StatusCode::SEE_OTHER, headers, Body::empty()).into_response()
}

/// Sends the session's cookie with this answer.
pub fn set_cookie(app: &App, response: &mut Response, secret: &Secret) {
    let max_age = SESSION_IDLE_DAYS * 24 * 60 * 60;
    put_cookie(app, response, &secret.to_cookie(app), max_age);
}

/// Has the browser forget the session's cookie.
pub fn remove_cookie(app: &App, response: &mut Response) {
    put_cookie(app, response, "", 0);
}

fn put_cookie(app: &App, response: &mut Response, value: &str, max_age: i64) {
    let name = cookie_name(app);
    let secure = if app.config.is_https() { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}");
    if let Ok(mut cookie) = HeaderValue::from_str(&cookie) {
        cookie.set_sensitive(true);
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
}

/// Over https the prefix `__Host-` keeps other hosts of the domain from planting one.
#[must_use]
pub fn cookie_name(app: &App) -> &'static str {
    if app.config.is_https() {
        "__Host-session"
    } else {
        "session"
    }
}

fn cookie<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = cookie_name(app);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// Whether the path is one of these or lies below one.
fn is_below(path: &str, roots: &[&str]) -> bool {
    roots.iter().any(|root| {
        path.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}
