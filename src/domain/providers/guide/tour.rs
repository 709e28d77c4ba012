//! The guide's prepared texts, in Markdown. Paths named here must exist in the product.

/// Statuses that can be asked for as `error N`.
pub const STATUSES: [u16; 12] = [400, 401, 402, 403, 404, 413, 422, 429, 500, 502, 503, 529];

/// A text and the words that choose it.
pub struct Topic {
    pub words: &'static [&'static str],
    pub text: &'static str,
}

/// The text whose words occur most often in the question; the tour where none does.
pub fn text_for(question: &str) -> &'static str {
    let asked: Vec<&str> = question
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let hits = |topic: &Topic| topic.words.iter().filter(|word| asked.contains(word)).count();
    // `max_by_key` takes the last of equals; the earlier topic is meant to win.
    let best = TOPICS.iter().rev().max_by_key(|topic| hits(topic));
    match best {
        Some(topic) if hits(topic) > 0 => topic.text,
        _ => TOUR,
    }
}

/// In the order in which they win when a question fits several.
pub const TOPICS: &[Topic] = &[
    Topic {
        words: &[
            "demonstrations",
            "demonstration",
            "demo",
            "error",
            "errors",
            "fail",
            "fails",
            "failure",
            "stall",
            "limit",
            "cut",
        ],
        text: DEMONSTRATIONS,
    },
    Topic {
        words: &[
            "key",
            "keys",
            "anthropic",
            "openai",
            "gemini",
            "google",
            "mistral",
            "groq",
            "vault",
        ],
        text: KEYS,
    },
    Topic {
        words: &["local", "ollama", "vllm", "llama", "studio", "compatible", "offline"],
        text: LOCAL,
    },
    Topic {
        words: &[
            "cost",
            "costs",
            "price",
            "prices",
            "usage",
            "budget",
            "budgets",
            "dashboard",
            "tokens",
            "spend",
            "money",
        ],
        text: USAGE,
    },
    Topic {
        words: &[
            "privacy",
            "private",
            "data",
            "secure",
            "security",
            "encrypted",
            "delete",
            "gdpr",
            "export",
            "erase",
        ],
        text: PRIVACY,
    },
    Topic {
        words: &["markdown", "code", "table", "list", "format"],
        text: MARKDOWN,
    },
    Topic {
        words: &[
            "test",
            "tests",
            "testing",
            "case",
            "cases",
            "review",
            "explain",
            "regression",
            "plan",
            "preset",
            "presets",
        ],
        text: TESTING,
    },
    Topic {
        words: &[
            "compare",
            "shortcut",
            "shortcuts",
            "keyboard",
            "jarvis",
            "assistant",
            "stop",
            "regenerate",
            "conversation",
            "history",
        ],
        text: ASSISTANT,
    },
    Topic {
        words: &["tour", "hello", "hi", "help", "start", "what", "who"],
        text: TOUR,
    },
];

const TOUR: &str = "\
**Welcome to Spectr.** I am the built-in guide: prepared text, no AI. I stream through the same engine as a real \
model, so what you see here — tokens, time to first token, Stop — is what you get with one.

1. **Add a key.** Under [Settings → API keys](/settings/keys) paste a key of Anthropic, OpenAI, Google Gemini, \
Mistral or Groq, or the address of a local server. It is tested before it is saved and sealed at once.
2. **Ask.** Pick a provider and a model above, choose a preset for testing work, and write.
3. **See what it cost.** Each call leaves one line on the [dashboard](/dashboard): tokens, time, cost. \
The words themselves are never stored on the server.

Ask me about **keys**, **local models**, **costs and budgets**, **privacy**, **writing tests**, **comparing models**, \
**Markdown** or **demonstrations** of what happens when a provider fails.
";

/// For whoever asks about a cause of failures.
pub const EXPLAIN: &str = "\
I am the built-in guide: prepared text, no AI, so I **cannot read this failure**. The text you sent went to this server \
and no further, and is not kept.

With a key of your own under [Settings → API keys](/settings/keys) a model answers here with

1. the **root cause**,
2. the **evidence**: lines of your text, each quotation a link to its line,
3. a **fix** and a **regression test**,

and up to four models do so side by side, each with its time, tokens and cost.
";

const KEYS: &str = "\
**Keys** live under [Settings → API keys](/settings/keys).

- Paste the key; Spectr asks the provider for its models list to see that it works, and tells the exact reason if not.
- It is sealed with AES-256-GCM under a key of your own account, opened for one call, and wiped after it. \
The page never shows it again, only its last characters.
- *Rotate* tests the new key and swaps it in one step. *Delete* is immediate.
- A call with your key is never paid by anyone else's, and the other way round: each answer says which credential it used.

Without a key you can talk to me, and to trial models if the operator offers any.
";

const LOCAL: &str = "\
**Local models** work by the *OpenAI-compatible* entry under [Settings → API keys](/settings/keys). Give the base URL:

| server | base URL |
|---|---|
| Ollama | `http://127.0.0.1:11434/v1` |
| LM Studio | `http://127.0.0.1:1234/v1` |
| vLLM | `http://127.0.0.1:8000/v1` |
| llama.cpp | `http://127.0.0.1:8080/v1` |

The `/v1` may be left out. A key is only needed if the server wants one. Private addresses are reachable where the \
operator of this Spectr allows them; on your own machine loopback is.
";

const USAGE: &str = "\
**What a call costs** is on the [dashboard](/dashboard): today, 7, 30 and 90 days, by provider, model, feature and key, \
with CSV and JSON to take away.

- Tokens come from the provider. While an answer streams the counter is an estimate and marked with `~`.
- Prices are a dated table of the vendors' own figures. A model whose price is not known is shown as *unpriced*, never as free.
- Under [Settings → Budgets](/settings/budgets) you set a daily and a monthly budget. The cost of a call is reserved \
before it starts, so that many calls at once cannot overspend it.
";

const PRIVACY: &str = "\
**Privacy, in short.**

- Prompts and answers pass through the server's memory and are neither stored nor logged. Conversations are kept in this \
browser only.
- A call leaves metadata: provider, model, tokens, times, cost, status. It is deleted after 90 days.
- Name, email and keys are sealed under a key of your own; when the account is erased that key is destroyed.
- There is one cookie, for signing in, and nothing from third parties.

The whole text stands in the [privacy policy](/privacy); questions go to [contact](/contact).
";

const MARKDOWN: &str = "\
Answers are Markdown, rendered as they stream. A list:

- *emphasis*, **strong**, `inline code`
- a [link](/docs)

A table:

| check | result | time |
|---|:---:|---:|
| sign in | passed | 0.8 s |
| add a key | passed | 1.2 s |
| wrong password | **failed** | 0.4 s |

And a block of code to copy:

```rust
#[test]
fn a_wrong_password_is_refused() {
    let answer = sign_in(\"ada@example.org\", \"not it\");
    assert_eq!(answer.status, 401);
}
```

> Raw HTML such as <b>this</b> is shown as text and never run.
";

const TESTING: &str = "\
**Testing work** is what the presets beside the message box are for: *write test cases*, *review a test*, *explain a \
failure*, *plan a regression*. They need a real model; I cannot think of tests, but this is the shape they ask for:

```gherkin
Scenario: an expired link does not reset the password
  Given a reset link that is 31 minutes old
  When it is opened and a new password is sent
  Then the answer says that the link has expired
  And the old password still works
```

You can attach text files (a test, a log, a report); they travel with your message and stay in this browser.
";

const ASSISTANT: &str = "\
**JARVIS**, this page:

- *Stop* ends the answer at the provider too, within moments; what arrived stays, and so does its cost.
- *Regenerate* asks again, *Edit* lets you change what you asked.
- *Compare* puts two or more models side by side, each with its own tokens, cost and time.
- Conversations are kept in this browser, per account. Export them as Markdown or JSON, import them elsewhere, or forget them all.
- `?` shows the keyboard shortcuts.
";

pub const DEMONSTRATIONS: &str = "\
**Demonstrations.** Send one of these alone, and see what Spectr makes of it:

- `error 401` — a key that is refused; also 400, 402, 403, 404, 413, 422, 429, 500, 502, 503
- `error 529` — a provider that is overloaded
- `rate limit` — too many requests, with the time to wait
- `stall` — an answer that stops arriving
- `cut` — a connection that breaks in mid-answer
- `mid-stream error` — an error after the first words
- `html` — a page where a stream should be
- `reasoning`, `tool call`, `refusal` — answers of other kinds

What arrived before a fault is kept, and the message says what to do next.
";

pub const STALL: &str =
    "This answer stops arriving here. After a while Spectr will give up and say so; you can also press Stop now. ";

pub const CUT: &str = "This answer breaks off in the middle of a ";

pub const BREAK: &str = "These words arrived before the provider reported an error. They are kept. ";

pub const THOUGHTS: &str = "The person wants to see reasoning. A real model would think here; these are prepared words that stand where thoughts would.";

pub const THOUGHT: &str =
    "Thoughts of a model are shown apart from its answer, folded away. They count as output tokens.";

pub const REFUSAL: &str = "This is how a refusal looks: the model declines, and the answer is marked so.";
