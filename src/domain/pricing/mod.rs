//! What a call costs: a dated price table in integers. An unknown price stays unknown, never 0.
//!
//! Costs are whole nano-USD; rates are micro-USD per million tokens, the finest unit in which
//! vendors state them. A stored cost names the source and the date of its price and is never
//! computed again.

mod table;

use crate::domain::chat::Tokens;
use crate::domain::providers::Provider;
use crate::domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use table::Row;

/// Micro-USD per million tokens: `$3.00` is `3_000_000`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    pub input: u64,
    pub output: u64,
    /// Input read from the vendor's cache.
    pub cached_read: u64,
    /// Input written to a cache of some minutes.
    pub cache_write: u64,
    /// Input written to a cache of one hour.
    pub cache_write_hour: u64,
}

/// Where a price was read, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The vendor's own page.
    pub url: &'static str,
    /// `2026-10-24`.
    pub date: &'static str,
}

/// The price of one model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    pub rates: Rates,
    /// Rates for the whole call when its input is larger than this many tokens.
    pub long: Option<(u64, Rates)>,
    pub source: Source,
}

/// What is known of a model beside its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub context: u64,
    pub max_output: u64,
    /// Whether it thinks before it answers.
    pub reasons: bool,
}

impl Price {
    /// Cost in nano-USD, rounded half up. Parts that exceed their whole are cut to it.
    #[must_use]
    pub fn cost(&self, tokens: &Tokens) -> i64 {
        let rates = match self.long {
            Some((above, rates)) if tokens.input > above => rates,
            _ => self.rates,
        };
        let read = tokens.cached_read.min(tokens.input);
        let write = tokens.cached_write.min(tokens.input - read);
        let hour = tokens.cached_write_hour.min(write);
        let pico_usd: u128 = [
            (tokens.input - read - write, rates.input),
            (read, rates.cached_read),
            (write - hour, rates.cache_write),
            (hour, rates.cache_write_hour),
            (tokens.output, rates.output),
        ]
        .into_iter()
        .map(|(count, rate)| u128::from(count) * u128::from(rate))
        .fold(0, u128::saturating_add);
        i64::try_from(pico_usd.saturating_add(500) / 1000).unwrap_or(i64::MAX)
    }
}

/// Whether a stored source can be one of this table's, also of one that was read earlier: a page, or what is built in.
#[must_use]
pub fn is_source(word: &str) -> bool {
    word == table::GUIDE.source.url || (word.starts_with("https://") && !word.contains(char::is_whitespace))
}

/// The price of a model at a moment; `None` where it is not known. Calls to compatible servers
/// have none: they are the person's own business.
#[must_use]
pub fn price_at(provider: Provider, model: &str, at: Timestamp) -> Option<Price> {
    if provider == Provider::Spectr {
        return Some(table::GUIDE);
    }
    let row = find(provider, model, at)?;
    Some(Price {
        rates: row.rates,
        long: row.long,
        source: table::source(provider)?,
    })
}

/// The price of a model on the day of the table.
#[must_use]
pub fn price(provider: Provider, model: &str) -> Option<Price> {
    price_at(provider, model, table::AS_OF)
}

/// Context window and the like, where known.
#[must_use]
pub fn facts(provider: Provider, model: &str) -> Option<Facts> {
    find(provider, model, table::AS_OF).map(|row| row.facts)
}

fn find(provider: Provider, model: &str, at: Timestamp) -> Option<&'static Row> {
    let rows = || table::rows(provider).iter().filter(|row| row.holds_at(at));
    rows()
        .find(|row| row.family == model)
        .or_else(|| rows().find(|row| model.strip_prefix(row.family).is_some_and(is_edition)))
}

/// Whether what follows a family's name is a dated edition of the same model: `-20250929`,
/// `-2025-08-07`, `-001`, `-latest`. Anything else is another model.
fn is_edition(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix('-') else {
        return false;
    };
    let shape: String = rest.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    matches!(shape.as_str(), "latest" | "00000000" | "0000-00-00" | "000")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(input: u64, output: u64) -> Tokens {
        Tokens {
            input,
            output,
            ..Tokens::default()
        }
    }

    #[test]
    fn dated_editions_cost_what_their_family_costs() {
        let family = price(Provider::Anthropic, "claude-sonnet-4-5").unwrap();
        for id in ["claude-sonnet-4-5-20250929", "claude-sonnet-4-5-latest"] {
            assert_eq!(price(Provider::Anthropic, id), Some(family));
        }
        assert!(price(Provider::OpenAi, "gpt-5-2025-08-07").is_some());
        assert!(price(Provider::Google, "gemini-2.0-flash-001").is_some());
    }

    #[test]
    fn neighbours_of_a_family_are_not_taken_for_it() {
        for (provider, id) in [
            (Provider::OpenAi, "gpt-5-unheard-of"),
            (Provider::OpenAi, "gpt-5000"),
            (Provider::OpenAi, "ft:gpt-4o-mini:acme::1"),
            (Provider::OpenAi, ""),
            (Provider::Google, "gemini-2.5-flash-native-audio"),
            (Provider::Mistral, "mistral-large-9901"),
            (Provider::Compatible, "gpt-5"),
            (Provider::Groq, "claude-sonnet-4-5"),
        ] {
            assert_eq!(price(provider, id), None, "{id}");
        }
    }

    #[test]
    fn an_exact_edition_with_a_price_of_its_own_wins() {
        assert_ne!(
            price(Provider::OpenAi, "gpt-4o-2024-05-13"),
            price(Provider::OpenAi, "gpt-4o-2024-08-06")
        );
    }

    #[test]
    fn known_bills_come_out_to_the_nano_dollar() {
        let sonnet = price(Provider::Anthropic, "claude-sonnet-4-5").unwrap();
        assert_eq!(sonnet.cost(&tokens(1_000_000, 1_000_000)), 18_000_000_000);
        let cached = Tokens {
            input: 1_000,
            cached_read: 600,
            cached_write: 300,
            cached_write_hour: 100,
            ..Tokens::default()
        };
        // 100 × $3 + 600 × $0.30 + 200 × $3.75 + 100 × $6, per million.
        assert_eq!(sonnet.cost(&cached), 1_830_000);
        let small = price(Provider::Groq, "openai/gpt-oss-20b").unwrap();
        let read = Tokens {
            input: 1,
            cached_read: 1,
            ..Tokens::default()
        };
        // $0.0375 per million: 37.5 nano-USD, rounded up.
        assert_eq!(small.cost(&read), 38);
    }

    #[test]
    fn a_long_prompt_is_billed_at_its_own_rates_from_the_first_token() {
        let pro = price(Provider::Google, "gemini-2.5-pro").unwrap();
        assert_eq!(pro.cost(&tokens(200_000, 0)), 250_000_000);
        assert_eq!(pro.cost(&tokens(200_001, 0)), 500_002_500);
    }

    #[test]
    fn a_price_that_changes_is_taken_by_its_day() {
        let before = price_at(Provider::Google, "gemini-3.8-flash", table::NEW_YEAR_2027.minus(1)).unwrap();
        let after = price_at(Provider::Google, "gemini-3.8-flash", table::NEW_YEAR_2027).unwrap();
        assert_eq!(after.rates.output, before.rates.output * 2);
    }

    #[test]
    fn the_guide_is_free_and_says_so() {
        assert_eq!(price(Provider::Spectr, "spectr/guide").unwrap().cost(&tokens(9, 9)), 0);
    }

    #[test]
    fn rows_are_sane() {
        for provider in Provider::ALL {
            for row in table::rows(provider) {
                let rates = row.rates;
                assert!(rates.input > 0 && rates.output > 0, "{}", row.family);
                assert!(rates.cached_read <= rates.input, "{}", row.family);
                assert!(rates.cache_write <= rates.cache_write_hour, "{}", row.family);
                assert!(row.facts.max_output <= row.facts.context, "{}", row.family);
                if let Some((_, long)) = row.long {
                    assert!(
                        long.input >= rates.input && long.output >= rates.output,
                        "{}",
                        row.family
                    );
                }
            }
        }
    }

    fn any_tokens() -> impl Strategy<Value = Tokens> {
        let small = 0u64..5_000_000;
        let count = prop_oneof![small, any::<u64>()];
        (count.clone(), count.clone(), count.clone(), count.clone(), count).prop_map(
            |(input, output, cached_read, cached_write, cached_write_hour)| Tokens {
                input,
                output,
                cached_read,
                cached_write,
                cached_write_hour,
                reasoning: 0,
            },
        )
    }

    fn any_price() -> impl Strategy<Value = Price> {
        let all: Vec<Price> = Provider::ALL
            .into_iter()
            .flat_map(|provider| {
                table::rows(provider)
                    .iter()
                    .filter_map(move |row| price(provider, row.family))
            })
            .collect();
        proptest::sample::select(all)
    }

    proptest! {
        #[test]
        fn costs_never_overflow_nor_fall_below_zero(price in any_price(), tokens in any_tokens()) {
            prop_assert!(price.cost(&tokens) >= 0);
        }

        #[test]
        fn more_tokens_never_cost_less(price in any_price(), tokens in any_tokens(), more in 0u64..1_000_000) {
            let longer = Tokens { output: tokens.output.saturating_add(more), ..tokens };
            prop_assert!(price.cost(&longer) >= price.cost(&tokens));
            let wider = Tokens { input: tokens.input.saturating_add(more), ..tokens };
            prop_assert!(price.cost(&wider) >= price.cost(&tokens));
        }

        #[test]
        fn costs_add_up_within_rounding(price in any_price(), a in 0u64..100_000, b in 0u64..100_000) {
            let parts = price.cost(&tokens(0, a)) + price.cost(&tokens(0, b));
            prop_assert!((parts - price.cost(&tokens(0, a + b))).abs() <= 1);
        }
    }
}
