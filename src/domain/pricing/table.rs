//! The prices themselves, per vendor and family: facts of the vendors' public price pages.
//!
//! Adding a model: one row with the exact id of the family; dated editions (`-20250929`,
//! `-latest`) follow it, an edition that costs something else gets a row of its own. A price with
//! an announced end gets two rows, `until` and `from` the same moment. Change the date of the
//! source when its rows were checked again.

use super::{Facts, Price, Rates, Source};
use crate::domain::providers::Provider;
use crate::domain::timestamp::Timestamp;

/// The day on which this table was last true, for views that ask without a moment: 21 November 2026.
pub const AS_OF: Timestamp = Timestamp(1_795_219_200_000);

/// 1 January 2027, 00:00 UTC.
pub const NEW_YEAR_2027: Timestamp = Timestamp(1_798_761_600_000);

/// The built-in guide costs nothing.
pub const GUIDE: Price = Price {
    rates: Rates {
        input: 0,
        output: 0,
        cached_read: 0,
        cache_write: 0,
        cache_write_hour: 0,
    },
    long: None,
    source: Source {
        url: "built in",
        date: "2026-11-21",
    },
};

/// Where the rows of a provider were read.
pub const fn source(provider: Provider) -> Option<Source> {
    let (url, date) = match provider {
        Provider::Anthropic => ("https://platform.claude.com/docs/en/about-claude/pricing", "2026-10-24"),
        Provider::OpenAi => ("https://developers.openai.com/api/docs/pricing", "2026-10-18"),
        Provider::Google => ("https://ai.google.dev/gemini-api/docs/pricing", "2026-10-07"),
        Provider::Mistral => ("https://mistral.ai/pricing", "2026-07-02"),
        Provider::Groq => ("https://groq.com/pricing", "2026-07-02"),
        Provider::Compatible | Provider::Spectr => return None,
    };
    Some(Source { url, date })
}

/// One family.
pub struct Row {
    pub family: &'static str,
    pub rates: Rates,
    pub long: Option<(u64, Rates)>,
    pub facts: Facts,
    from: Timestamp,
    until: Timestamp,
}

impl Row {
    pub const fn holds_at(&self, at: Timestamp) -> bool {
        self.from.0 <= at.0 && at.0 < self.until.0
    }

    const fn long(mut self, above: u64, rates: Rates) -> Self {
        self.long = Some((above, rates));
        self
    }

    const fn reasons(mut self) -> Self {
        self.facts.reasons = true;
        self
    }

    const fn until(mut self, moment: Timestamp) -> Self {
        self.until = moment;
        self
    }

    const fn from(mut self, moment: Timestamp) -> Self {
        self.from = moment;
        self
    }
}

/// A family with its rates and, in tokens, its context window and longest answer.
const fn row(family: &'static str, rates: Rates, context: u64, max_output: u64) -> Row {
    Row {
        family,
        rates,
        long: None,
        facts: Facts {
            context,
            max_output,
            reasons: false,
        },
        from: Timestamp(i64::MIN),
        until: Timestamp(i64::MAX),
    }
}

/// Input, cached input, output; writing to the cache costs what input costs.
const fn flat(input: u64, cached_read: u64, output: u64) -> Rates {
    Rates {
        input,
        output,
        cached_read,
        cache_write: input,
        cache_write_hour: input,
    }
}

/// As [`flat`], with writes to the cache at 1.25 times the input (OpenAI from 5.6 on).
const fn written(input: u64, cached_read: u64, output: u64) -> Rates {
    Rates {
        cache_write: input / 4 * 5,
        cache_write_hour: input / 4 * 5,
        ..flat(input, cached_read, output)
    }
}

/// Anthropic: writes of five minutes cost 1.25 times the input, of an hour twice.
const fn claude(input: u64, cached_read: u64, output: u64) -> Rates {
    Rates {
        cache_write: input / 4 * 5,
        cache_write_hour: input * 2,
        ..flat(input, cached_read, output)
    }
}

pub const fn rows(provider: Provider) -> &'static [Row] {
    match provider {
        Provider::Anthropic => ANTHROPIC,
        Provider::OpenAi => OPENAI,
        Provider::Google => GOOGLE,
        Provider::Mistral => MISTRAL,
        Provider::Groq => GROQ,
        Provider::Compatible | Provider::Spectr => &[],
    }
}

#[rustfmt::skip] // one model per line
const ANTHROPIC: &[Row] = &[
    row("claude-fable-5-1", claude(10_000_000, 250_000, 50_000_000), 1_000_000, 128_000).reasons(),
    row("claude-fable-5", claude(10_000_000, 1_000_000, 50_000_000), 1_000_000, 128_000).reasons(),
    row("claude-mythos-5-1", claude(10_000_000, 250_000, 50_000_000), 1_000_000, 128_000).reasons(),
    row("claude-mythos-5", claude(10_000_000, 1_000_000, 50_000_000), 1_000_000, 128_000).reasons(),
    row("claude-opus-5-5", claude(4_000_000, 200_000, 20_000_000), 1_000_000, 128_000).reasons(),
    row("claude-opus-5", claude(5_000_000, 500_000, 25_000_000), 1_000_000, 128_000).reasons(),
    row("claude-opus-4-8", claude(5_000_000, 500_000, 25_000_000), 1_000_000, 128_000).reasons(),
    row("claude-opus-4-7", claude(5_000_000, 500_000, 25_000_000), 1_000_000, 128_000).reasons(),
    row("claude-opus-4-6", claude(5_000_000, 500_000, 25_000_000), 1_000_000, 128_000).reasons(),
    row("claude-opus-4-5", claude(5_000_000, 500_000, 25_000_000), 200_000, 64_000).reasons(),
    row("claude-opus-4-1", claude(15_000_000, 1_500_000, 75_000_000), 200_000, 32_000).reasons(),
    row("claude-opus-4-0", claude(15_000_000, 1_500_000, 75_000_000), 200_000, 32_000).reasons(),
    row("claude-opus-4", claude(15_000_000, 1_500_000, 75_000_000), 200_000, 32_000).reasons(),
    row("claude-sonnet-5-5", claude(2_000_000, 100_000, 10_000_000), 1_000_000, 128_000).reasons(),
    row("claude-sonnet-5", claude(2_000_000, 200_000, 10_000_000), 1_000_000, 128_000).reasons(),
    row("claude-sonnet-4-6", claude(3_000_000, 300_000, 15_000_000), 1_000_000, 64_000).reasons(),
    row("claude-sonnet-4-5", claude(3_000_000, 300_000, 15_000_000), 200_000, 64_000).reasons(),
    row("claude-sonnet-4-0", claude(3_000_000, 300_000, 15_000_000), 200_000, 64_000).reasons(),
    row("claude-sonnet-4", claude(3_000_000, 300_000, 15_000_000), 200_000, 64_000).reasons(),
    row("claude-3-7-sonnet", claude(3_000_000, 300_000, 15_000_000), 200_000, 64_000).reasons(),
    row("claude-3-5-sonnet", claude(3_000_000, 300_000, 15_000_000), 200_000, 8_192),
    row("claude-haiku-5-5", claude(100_000, 10_000, 500_000), 1_000_000, 128_000).reasons().long(100_000, claude(500_000, 50_000, 2_500_000)),
    row("claude-haiku-4-5", claude(1_000_000, 100_000, 5_000_000), 200_000, 64_000).reasons(),
    row("claude-3-5-haiku", claude(800_000, 80_000, 4_000_000), 200_000, 8_192),
    row("claude-3-opus", claude(15_000_000, 1_500_000, 75_000_000), 200_000, 4_096),
    row("claude-3-haiku", Rates { cache_write: 300_000, cache_write_hour: 500_000, ..flat(250_000, 30_000, 1_250_000) }, 200_000, 4_096),
];

#[rustfmt::skip] // one model per line
const OPENAI: &[Row] = &[
    row("gpt-6.1-sol", written(2_000_000, 100_000, 10_000_000), 1_050_000, 128_000).reasons().long(272_000, written(4_000_000, 200_000, 15_000_000)),
    row("gpt-6-astra", written(10_000_000, 1_000_000, 50_000_000), 1_050_000, 128_000).reasons().long(272_000, written(20_000_000, 2_000_000, 75_000_000)),
    row("gpt-6-sol", written(2_000_000, 200_000, 10_000_000), 1_050_000, 128_000).reasons().long(272_000, written(4_000_000, 400_000, 15_000_000)),
    row("gpt-6-luna", written(100_000, 10_000, 500_000), 1_050_000, 128_000).reasons().long(272_000, written(200_000, 20_000, 750_000)),
    row("gpt-5.6-sol", written(5_000_000, 500_000, 30_000_000), 1_050_000, 128_000).reasons().long(272_000, written(10_000_000, 1_000_000, 45_000_000)),
    row("gpt-5.6-terra", written(2_000_000, 200_000, 12_000_000), 1_050_000, 128_000).reasons().long(272_000, written(4_000_000, 400_000, 18_000_000)),
    row("gpt-5.6-luna", written(200_000, 20_000, 1_200_000), 1_050_000, 128_000).reasons().long(272_000, written(400_000, 40_000, 1_800_000)),
    row("gpt-5.6", written(5_000_000, 500_000, 30_000_000), 1_050_000, 128_000).reasons().long(272_000, written(10_000_000, 1_000_000, 45_000_000)),
    row("gpt-5.5-pro", flat(30_000_000, 30_000_000, 180_000_000), 1_050_000, 128_000).reasons().long(272_000, flat(60_000_000, 60_000_000, 270_000_000)),
    row("gpt-5.5", flat(5_000_000, 500_000, 30_000_000), 1_050_000, 128_000).reasons().long(272_000, flat(10_000_000, 1_000_000, 45_000_000)),
    row("gpt-5.4-pro", flat(30_000_000, 30_000_000, 180_000_000), 1_050_000, 128_000).reasons().long(272_000, flat(60_000_000, 60_000_000, 270_000_000)),
    row("gpt-5.4-mini", flat(750_000, 75_000, 4_500_000), 400_000, 128_000).reasons(),
    row("gpt-5.4-nano", flat(200_000, 20_000, 1_250_000), 400_000, 128_000).reasons(),
    row("gpt-5.4", flat(2_500_000, 250_000, 15_000_000), 1_050_000, 128_000).reasons().long(272_000, flat(5_000_000, 500_000, 22_500_000)),
    row("gpt-5.3-chat", flat(1_750_000, 175_000, 14_000_000), 128_000, 16_384),
    row("gpt-5.3-codex", flat(1_750_000, 175_000, 14_000_000), 400_000, 128_000).reasons(),
    row("gpt-5.2-chat", flat(1_750_000, 175_000, 14_000_000), 128_000, 16_384).reasons(),
    row("gpt-5.2-codex", flat(1_750_000, 175_000, 14_000_000), 400_000, 128_000).reasons(),
    row("gpt-5.2-pro", flat(21_000_000, 21_000_000, 168_000_000), 400_000, 128_000).reasons(),
    row("gpt-5.2", flat(1_750_000, 175_000, 14_000_000), 400_000, 128_000).reasons(),
    row("gpt-5.1-chat", flat(1_250_000, 125_000, 10_000_000), 128_000, 16_384).reasons(),
    row("gpt-5.1-codex-max", flat(1_250_000, 125_000, 10_000_000), 400_000, 128_000).reasons(),
    row("gpt-5.1-codex-mini", flat(250_000, 25_000, 2_000_000), 400_000, 128_000).reasons(),
    row("gpt-5.1-codex", flat(1_250_000, 125_000, 10_000_000), 400_000, 128_000).reasons(),
    row("gpt-5.1", flat(1_250_000, 125_000, 10_000_000), 400_000, 128_000).reasons(),
    row("gpt-5-chat", flat(1_250_000, 125_000, 10_000_000), 400_000, 128_000),
    row("gpt-5-codex", flat(1_250_000, 125_000, 10_000_000), 400_000, 128_000).reasons(),
    row("gpt-5-pro", flat(15_000_000, 15_000_000, 120_000_000), 400_000, 272_000).reasons(),
    row("gpt-5-mini", flat(250_000, 25_000, 2_000_000), 400_000, 128_000).reasons(),
    row("gpt-5-nano", flat(50_000, 5_000, 400_000), 400_000, 128_000).reasons(),
    row("gpt-5", flat(1_250_000, 125_000, 10_000_000), 400_000, 128_000).reasons(),
    row("gpt-4.1-mini", flat(400_000, 100_000, 1_600_000), 1_047_576, 32_768),
    row("gpt-4.1-nano", flat(100_000, 25_000, 400_000), 1_047_576, 32_768),
    row("gpt-4.1", flat(2_000_000, 500_000, 8_000_000), 1_047_576, 32_768),
    row("gpt-4o-2024-05-13", flat(5_000_000, 5_000_000, 15_000_000), 128_000, 4_096),
    row("gpt-4o-mini", flat(150_000, 75_000, 600_000), 128_000, 16_384),
    row("gpt-4o", flat(2_500_000, 1_250_000, 10_000_000), 128_000, 16_384),
    row("chatgpt-4o", flat(5_000_000, 5_000_000, 15_000_000), 128_000, 16_384),
    row("gpt-4-turbo", flat(10_000_000, 10_000_000, 30_000_000), 128_000, 4_096),
    row("gpt-4-0613", flat(30_000_000, 30_000_000, 60_000_000), 8_192, 8_192),
    row("gpt-4", flat(30_000_000, 30_000_000, 60_000_000), 8_192, 8_192),
    row("gpt-3.5-turbo-0125", flat(500_000, 500_000, 1_500_000), 16_385, 4_096),
    row("gpt-3.5-turbo", flat(500_000, 500_000, 1_500_000), 16_385, 4_096),
    row("o1-pro", flat(150_000_000, 150_000_000, 600_000_000), 200_000, 100_000).reasons(),
    row("o1", flat(15_000_000, 7_500_000, 60_000_000), 200_000, 100_000).reasons(),
    row("o3-pro", flat(20_000_000, 20_000_000, 80_000_000), 200_000, 100_000).reasons(),
    row("o3-mini", flat(1_100_000, 550_000, 4_400_000), 200_000, 100_000).reasons(),
    row("o3", flat(2_000_000, 500_000, 8_000_000), 200_000, 100_000).reasons(),
    row("o4-mini", flat(1_100_000, 275_000, 4_400_000), 200_000, 100_000).reasons(),
];

#[rustfmt::skip] // one model per line
const GOOGLE: &[Row] = &[
    row("gemini-3.8-flash", flat(750_000, 75_000, 3_750_000), 1_048_576, 65_536).reasons().until(NEW_YEAR_2027),
    row("gemini-3.8-flash", flat(1_500_000, 150_000, 7_500_000), 1_048_576, 65_536).reasons().from(NEW_YEAR_2027),
    row("gemini-3.5-flash-lite", flat(300_000, 30_000, 2_500_000), 1_048_576, 65_536).reasons(),
    row("gemini-3.5-flash", flat(1_500_000, 150_000, 9_000_000), 1_048_576, 65_536).reasons(),
    row("gemini-3.1-pro-preview-customtools", flat(2_000_000, 200_000, 12_000_000), 1_048_576, 65_536).reasons().long(200_000, flat(4_000_000, 400_000, 18_000_000)),
    row("gemini-3.1-pro-preview", flat(2_000_000, 200_000, 12_000_000), 1_048_576, 65_536).reasons().long(200_000, flat(4_000_000, 400_000, 18_000_000)),
    row("gemini-3.1-flash-lite-preview", flat(250_000, 25_000, 1_500_000), 1_048_576, 65_536).reasons(),
    row("gemini-3.1-flash-lite", flat(250_000, 25_000, 1_500_000), 1_048_576, 65_536).reasons(),
    row("gemini-3-pro-preview", flat(2_000_000, 200_000, 12_000_000), 1_048_576, 65_536).reasons().long(200_000, flat(4_000_000, 400_000, 18_000_000)),
    row("gemini-3-flash-preview", flat(500_000, 50_000, 3_000_000), 1_048_576, 65_536).reasons(),
    row("gemini-2.5-pro", flat(1_250_000, 125_000, 10_000_000), 1_048_576, 65_536).reasons().long(200_000, flat(2_500_000, 250_000, 15_000_000)),
    row("gemini-2.5-flash-preview-09-2025", flat(300_000, 30_000, 2_500_000), 1_048_576, 65_536).reasons(),
    row("gemini-2.5-flash-lite-preview-09-2025", flat(100_000, 10_000, 400_000), 1_048_576, 65_536).reasons(),
    row("gemini-2.5-flash-lite", flat(100_000, 10_000, 400_000), 1_048_576, 65_536).reasons(),
    row("gemini-2.5-flash", flat(300_000, 30_000, 2_500_000), 1_048_576, 65_536).reasons(),
    row("gemini-2.0-flash-lite", flat(75_000, 75_000, 300_000), 1_048_576, 8_192),
    row("gemini-2.0-flash", flat(100_000, 25_000, 400_000), 1_048_576, 8_192),
];

#[rustfmt::skip] // one model per line
const MISTRAL: &[Row] = &[
    row("mistral-medium-3.5", flat(1_500_000, 150_000, 7_500_000), 262_144, 262_144).reasons(),
    row("mistral-medium-3-5", flat(1_500_000, 150_000, 7_500_000), 262_144, 262_144).reasons(),
    row("mistral-medium-2604", flat(1_500_000, 150_000, 7_500_000), 262_144, 262_144).reasons(),
    row("mistral-medium-2508", flat(400_000, 40_000, 2_000_000), 262_144, 262_144),
    row("mistral-medium-2505", flat(400_000, 40_000, 2_000_000), 131_072, 131_072),
    row("mistral-large-2512", flat(500_000, 50_000, 1_500_000), 262_144, 262_144),
    row("mistral-large-latest", flat(500_000, 50_000, 1_500_000), 262_144, 262_144),
    row("mistral-large-2411", flat(2_000_000, 2_000_000, 6_000_000), 131_072, 16_384),
    row("mistral-small-2603", flat(150_000, 15_000, 600_000), 256_000, 256_000).reasons(),
    row("mistral-small-latest", flat(150_000, 15_000, 600_000), 256_000, 256_000).reasons(),
    row("mistral-small-2506", flat(100_000, 100_000, 300_000), 128_000, 16_384),
    row("ministral-14b-2512", flat(200_000, 20_000, 200_000), 262_144, 262_144),
    row("ministral-8b-2512", flat(150_000, 15_000, 150_000), 262_144, 262_144),
    row("ministral-3b-2512", flat(100_000, 10_000, 100_000), 262_144, 262_144),
    row("ministral-8b-2410", flat(100_000, 100_000, 100_000), 128_000, 128_000),
    row("ministral-3b-2410", flat(40_000, 40_000, 40_000), 128_000, 128_000),
    row("magistral-medium-2509", flat(2_000_000, 2_000_000, 5_000_000), 128_000, 16_384).reasons(),
    row("magistral-medium-latest", flat(2_000_000, 2_000_000, 5_000_000), 128_000, 16_384).reasons(),
    row("magistral-small-2509", flat(500_000, 500_000, 1_500_000), 128_000, 128_000).reasons(),
    row("magistral-small-latest", flat(500_000, 500_000, 1_500_000), 128_000, 128_000).reasons(),
    row("codestral-2508", flat(300_000, 30_000, 900_000), 256_000, 256_000),
    row("codestral-latest", flat(300_000, 30_000, 900_000), 256_000, 256_000),
    row("devstral-2512", flat(400_000, 40_000, 2_000_000), 262_144, 262_144),
    row("devstral-latest", flat(400_000, 40_000, 2_000_000), 262_144, 262_144),
    row("devstral-medium-latest", flat(400_000, 40_000, 2_000_000), 262_144, 262_144),
    row("devstral-medium-2507", flat(400_000, 400_000, 2_000_000), 128_000, 128_000),
    row("devstral-small-2507", flat(100_000, 100_000, 300_000), 128_000, 128_000),
    row("pixtral-large-2411", flat(2_000_000, 2_000_000, 6_000_000), 128_000, 128_000),
    row("pixtral-large-latest", flat(2_000_000, 2_000_000, 6_000_000), 128_000, 128_000),
    row("pixtral-12b-2409", flat(150_000, 150_000, 150_000), 128_000, 128_000),
    row("open-mistral-nemo", flat(150_000, 150_000, 150_000), 128_000, 128_000),
    row("open-mistral-nemo-2407", flat(150_000, 150_000, 150_000), 128_000, 128_000),
    row("open-mixtral-8x22b", flat(2_000_000, 2_000_000, 6_000_000), 64_000, 64_000),
    row("open-mixtral-8x7b", flat(700_000, 700_000, 700_000), 32_000, 32_000),
    row("open-mistral-7b", flat(250_000, 250_000, 250_000), 8_000, 8_000),
];

#[rustfmt::skip] // one model per line
const GROQ: &[Row] = &[
    row("openai/gpt-oss-120b", flat(150_000, 75_000, 600_000), 131_072, 65_536).reasons(),
    row("openai/gpt-oss-20b", flat(75_000, 37_500, 300_000), 131_072, 65_536).reasons(),
    row("openai/gpt-oss-safeguard-20b", flat(75_000, 37_500, 300_000), 131_072, 65_536).reasons(),
    row("qwen/qwen3-32b", flat(290_000, 290_000, 590_000), 131_072, 40_960).reasons(),
    row("llama-3.3-70b-versatile", flat(590_000, 590_000, 790_000), 131_072, 32_768),
    row("llama-3.1-8b-instant", flat(50_000, 50_000, 80_000), 131_072, 131_072),
    row("meta-llama/llama-4-scout-17b-16e-instruct", flat(110_000, 110_000, 340_000), 131_072, 8_192),
];
