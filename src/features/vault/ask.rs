//! Asks a provider for its models list: the honest test of a key, and the source of the picker.
//!
//! What comes back is foreign: bounded in time, pages, bytes and entries, and a provider's error body
//! is classified and thrown away.

use crate::domain::problem::{Code, Problem};
use crate::domain::providers::{Model, Provider, WireRequest};
use crate::domain::vault::{Check, is_unprintable};
use crate::features::App;
use crate::infra::http::{BodyError, Target};
use secrecy::SecretString;
use std::collections::HashSet;
use std::time::{Duration, Instant};
use url::Url;

/// How long a provider may take for its whole list.
const TIME_LIMIT: Duration = Duration::from_secs(20);
/// The longest page of a list.
const PAGE_BYTES: usize = 8 * 1024 * 1024;
const PAGES: usize = 10;
/// The most entries that are kept.
const MODELS: usize = 2_000;
/// The longest id of a model, in bytes.
const ID_BYTES: usize = 200;

/// A models list and how long it took.
#[derive(Debug)]
pub struct Listed {
    pub models: Vec<Model>,
    pub millis: i64,
}

impl Listed {
    /// The outcome of a test that this list answers.
    pub fn check(&self, app: &App) -> Check {
        Check {
            at: app.clock.now(),
            models: i64::try_from(self.models.len()).unwrap_or(i64::MAX),
            millis: self.millis,
            problem: None,
        }
    }
}

/// Lists the models that a key may use, at the person's own address or the operator's.
///
/// # Errors
/// Why the provider refuses or does not answer properly.
pub async fn models(
    app: &App,
    provider: Provider,
    base_url: Option<&Url>,
    secret: Option<&SecretString>,
) -> Result<Listed, Problem> {
    let target = match base_url {
        Some(url) => Target::User(url.clone()),
        None => Target::Operator(app.config.provider_bases.get(&provider).cloned().ok_or(Code::NoKey)?),
    };
    let started = Instant::now();
    let models = tokio::time::timeout(TIME_LIMIT, pages(app, provider, &target, secret))
        .await
        .map_err(|_| {
            Problem::new(Code::FirstByteTimeout).detail("It took more than 20 seconds to list its models.")
        })??;
    let millis = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    Ok(Listed {
        models: tidy(models),
        millis,
    })
}

/// Whether the address is to blame rather than the key.
pub const fn is_about_address(code: Code) -> bool {
    matches!(
        code,
        Code::ProviderUnreachable
            | Code::ProviderGarbled
            | Code::ProviderDown
            | Code::ConnectTimeout
            | Code::FirstByteTimeout
    )
}

async fn pages(
    app: &App,
    provider: Provider,
    target: &Target,
    secret: Option<&SecretString>,
) -> Result<Vec<Model>, Problem> {
    let mut models = Vec::new();
    let mut request = Some(provider.models_request());
    for _ in 0..PAGES {
        let Some(next) = request else { break };
        let body = page(app, provider, next, target, secret).await?;
        models.extend(provider.read_models(&body)?);
        request = provider.next_models_request(&body);
        if models.len() >= MODELS {
            break;
        }
    }
    Ok(models)
}

async fn page(
    app: &App,
    provider: Provider,
    request: WireRequest,
    target: &Target,
    secret: Option<&SecretString>,
) -> Result<Vec<u8>, Problem> {
    let response = app.http.send(request, target, secret).await?;
    let status = response.status();
    let is_success = response.is_success();
    let headers = response.headers();
    let body = response.read(PAGE_BYTES).await;
    if !is_success {
        let header = |name: &str| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let problem = provider.read_error(status, &header, &body.unwrap_or_default());
        return Err(of_a_list(problem));
    }
    body.map_err(|error| match error {
        BodyError::Cut => Problem::new(Code::ProviderGarbled).detail("Its models list broke off."),
        BodyError::TooLarge => Problem::new(Code::ProviderTooMuch).detail("Its models list is larger than 8 MiB."),
    })
}

/// No model was asked for: what is not there is the list.
fn of_a_list(problem: Problem) -> Problem {
    match problem.code {
        Code::ModelNotFound => Problem::new(Code::ProviderGarbled).detail("There is no models list at this address."),
        _ => problem,
    }
}

/// Drops what no picker and no table should hold: endless or unprintable ids, and repetitions.
fn tidy(models: Vec<Model>) -> Vec<Model> {
    let mut seen = HashSet::new();
    models
        .into_iter()
        .filter(|model| {
            let id = &model.id;
            !id.is_empty() && id.len() <= ID_BYTES && !id.chars().any(is_unprintable) && seen.insert(id.clone())
        })
        .take(MODELS)
        .map(|mut model| {
            model.name = model
                .name
                .filter(|name| name.len() <= ID_BYTES && !name.chars().any(is_unprintable));
            model
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_cleaned_of_what_cannot_be_shown_or_stored() {
        let model = |id: &str| Model {
            id: id.to_owned(),
            name: Some("a\u{202e}b".to_owned()),
            ..Model::default()
        };
        let kept = tidy(vec![
            model("a"),
            model("a"),
            model(""),
            model("x\0y"),
            model(&"z".repeat(201)),
            model("b"),
        ]);
        let ids: Vec<&str> = kept.iter().map(|model| model.id.as_str()).collect();
        assert_eq!(ids, ["a", "b"]);
        assert!(kept.iter().all(|model| model.name.is_none()));
    }

    #[test]
    fn a_long_list_is_cut() {
        let many = (0..MODELS + 5)
            .map(|n| Model {
                id: format!("m{n}"),
                ..Model::default()
            })
            .collect();
        assert_eq!(tidy(many).len(), MODELS);
    }
}
