//! What the dashboard shows, as it stands in the URL.

use crate::domain::providers::Provider;
use crate::domain::usage::{Breakdown, Feature, Metric, Period};
use crate::features::usage::{Filter, Part};
use crate::web::page::query;
use axum::http::Uri;
use url::form_urlencoded::Serializer;

/// Longer than any model's id that is stored.
const MODEL_MAX: usize = 200;

/// Period, breakdown, metric and filter. Values that mean nothing read as the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    pub period: Period,
    pub by: Breakdown,
    pub metric: Metric,
    pub filter: Filter,
}

impl View {
    pub fn of(uri: &Uri) -> Self {
        let given = |name: &str| query(uri, name).filter(|value| !value.is_empty());
        Self {
            period: given("period").and_then(|id| Period::from_id(&id)).unwrap_or_default(),
            by: given("by").and_then(|id| Breakdown::from_id(&id)).unwrap_or_default(),
            metric: given("metric").and_then(|id| Metric::from_id(&id)).unwrap_or_default(),
            filter: Filter {
                provider: given("provider").and_then(|id| Provider::from_id(&id)),
                model: given("model").filter(|model| model.len() <= MODEL_MAX && !model.contains('\0')),
                feature: given("feature").and_then(|id| Feature::from_id(&id)),
                key: given("key").and_then(|id| id.parse().ok()),
            },
        }
    }

    /// The address of this view; defaults are left out.
    pub fn href(&self) -> String {
        let path = String::from("/dashboard?");
        let end = path.len();
        // What stands before the pairs is told apart, or a `&` would lead the first of them.
        let mut pairs = Serializer::for_suffix(path, end);
        for (name, value) in self.pairs() {
            pairs.append_pair(name, &value);
        }
        pairs.finish().trim_end_matches('?').to_owned()
    }

    /// The query's names and values.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let default = Self::default();
        if self.period != default.period {
            pairs.push(("period", self.period.id().to_owned()));
        }
        if self.by != default.by {
            pairs.push(("by", self.by.id().to_owned()));
        }
        if self.metric != default.metric {
            pairs.push(("metric", self.metric.id().to_owned()));
        }
        let Filter {
            provider,
            model,
            feature,
            key,
        } = &self.filter;
        pairs.extend(provider.map(|provider| ("provider", provider.id().to_owned())));
        pairs.extend(model.clone().map(|model| ("model", model)));
        pairs.extend(feature.map(|feature| ("feature", feature.id().to_owned())));
        pairs.extend(key.map(|key| ("key", key.to_string())));
        pairs
    }

    /// This view of one part only; `None` where there is no filter for it.
    pub fn only(&self, part: &Part) -> Option<Self> {
        let mut view = self.clone();
        match part {
            Part::Provider(id) => view.filter.provider = Some(Provider::from_id(id)?),
            Part::Model(model) => view.filter.model = Some(model.clone()),
            Part::Feature(id) => view.filter.feature = Some(Feature::from_id(id)?),
            Part::Key(key) => view.filter.key = Some((*key)?),
        }
        Some(view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ProviderKeyId;
    use proptest::prelude::*;

    #[test]
    fn nonsense_in_the_address_reads_as_the_default() {
        let uri: Uri = "/dashboard?period=x&by=%FF&metric=&provider=nobody&key=1&feature=--"
            .parse()
            .unwrap();
        assert_eq!(View::of(&uri), View::default());
        assert_eq!(View::default().href(), "/dashboard");
    }

    #[test]
    fn an_address_begins_with_its_first_value() {
        let view = View {
            period: Period::Week,
            by: Breakdown::Model,
            ..View::default()
        };
        assert_eq!(view.href(), "/dashboard?period=7&by=model");
    }

    proptest! {
        #[test]
        fn a_view_survives_its_address(
            period in 0..4_usize, by in 0..4_usize, metric in 0..5_usize,
            provider in prop::option::of(0..7_usize), model in prop::option::of("[^\\x00]{1,20}"), key in prop::option::of(any::<u128>()),
        ) {
            let view = View {
                period: Period::ALL[period],
                by: Breakdown::ALL[by],
                metric: Metric::ALL[metric],
                filter: Filter {
                    provider: provider.map(|at| Provider::ALL[at]),
                    model,
                    feature: None,
                    key: key.map(|id| ProviderKeyId(uuid::Uuid::from_u128(id))),
                },
            };
            prop_assert_eq!(View::of(&view.href().parse().unwrap()), view);
        }
    }
}
