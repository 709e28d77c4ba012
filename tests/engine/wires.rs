//! Answers of the five providers in their own wires, as far as the engine's tests need them. What a
//! decoder makes of every corner of a wire is tested beside the decoders.

use spectr::domain::providers::Provider;

/// The five, and a model of each that has a price.
pub const FIVE: [(Provider, &str); 5] = [
    (Provider::Anthropic, "claude-haiku-4-5"),
    (Provider::OpenAi, "gpt-4o-mini"),
    (Provider::Google, "gemini-2.5-flash"),
    (Provider::Mistral, "mistral-small-latest"),
    (Provider::Groq, "llama-3.1-8b-instant"),
];

/// Input and output tokens that the answers below report.
pub const USED: (u64, u64) = (11, 7);

/// A models list with one entry.
pub fn models(provider: Provider, model: &str) -> String {
    match provider {
        Provider::Google => format!(
            r#"{{"models":[{{"name":"models/{model}","displayName":"M","supportedGenerationMethods":["generateContent"]}}]}}"#
        ),
        _ => format!(r#"{{"object":"list","data":[{{"id":"{model}","object":"model","type":"model"}}]}}"#),
    }
}

/// What comes before the first text.
pub fn opening(provider: Provider) -> String {
    match provider {
        Provider::Anthropic => concat!(
            "event: message_start\n",
            r#"data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"m","usage":{"input_tokens":11,"output_tokens":1}}}"#,
            "\n\nevent: content_block_start\n",
            r#"data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
            "\n\n"
        )
        .to_owned(),
        Provider::Google => String::new(),
        _ => concat!(
            r#"data: {"id":"c-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
            "\n\n"
        )
        .to_owned(),
    }
}

/// One piece of text.
pub fn text(provider: Provider, text: &str) -> String {
    let text = serde_json::to_string(text).unwrap();
    match provider {
        Provider::Anthropic => format!(
            "event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":{text}}}}}\n\n"
        ),
        Provider::Google => format!(
            "data: {{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":{text}}}],\"role\":\"model\"}},\"index\":0}}],\"responseId\":\"g-1\"}}\r\n\r\n"
        ),
        _ => format!(
            "data: {{\"id\":\"c-1\",\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":{text}}},\"finish_reason\":null}}]}}\n\n"
        ),
    }
}

/// The reason to stop, the figures, and the wire's own end.
pub fn closing(provider: Provider) -> String {
    match provider {
        Provider::Anthropic => concat!(
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
            "event: message_delta\n",
            r#"data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":7}}"#,
            "\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
        )
        .to_owned(),
        Provider::Google => concat!(
            r#"data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":11,"candidatesTokenCount":7,"totalTokenCount":18},"responseId":"g-1"}"#,
            "\r\n\r\n"
        )
        .to_owned(),
        Provider::Groq => concat!(
            r#"data: {"id":"c-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":7},"x_groq":{"id":"req_1","usage":{"prompt_tokens":11,"completion_tokens":7}}}"#,
            "\n\ndata: [DONE]\n\n"
        )
        .to_owned(),
        Provider::Mistral => concat!(
            r#"data: {"id":"c-1","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}"#,
            "\n\ndata: [DONE]\n\n"
        )
        .to_owned(),
        _ => concat!(
            r#"data: {"id":"c-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
            "\n\n",
            r#"data: {"id":"c-1","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}"#,
            "\n\ndata: [DONE]\n\n"
        )
        .to_owned(),
    }
}

/// A whole answer in pieces: opening, one text each, closing.
pub fn answer(provider: Provider, texts: &[&str]) -> Vec<String> {
    let texts = texts.iter().map(|piece| text(provider, piece));
    let pieces = std::iter::once(opening(provider))
        .chain(texts)
        .chain(std::iter::once(closing(provider)));
    pieces.filter(|piece| !piece.is_empty()).collect()
}

/// An error inside a stream that holds the given words of the user.
pub fn error(provider: Provider, words: &str) -> String {
    match provider {
        Provider::Anthropic => format!(
            "event: error\ndata: {{\"type\":\"error\",\"error\":{{\"type\":\"overloaded_error\",\"message\":\"Overloaded {words}\"}}}}\n\n"
        ),
        Provider::Google => {
            format!(
                "data: {{\"error\":{{\"code\":503,\"message\":\"Overloaded {words}\",\"status\":\"UNAVAILABLE\"}}}}\r\n\r\n"
            )
        }
        Provider::Groq => format!(
            "event: error\ndata: {{\"error\":{{\"message\":\"Over capacity {words}\",\"type\":\"internal_server_error\",\"failed_generation\":\"{words}\",\"status_code\":503}}}}\n\n"
        ),
        Provider::Mistral => format!(
            "data: {{\"object\":\"error\",\"message\":\"Overloaded {words}\",\"type\":\"service_unavailable\",\"code\":\"3505\"}}\n\n"
        ),
        _ => format!(
            "data: {{\"error\":{{\"message\":\"The server had an error {words}\",\"type\":\"server_error\",\"code\":null}}}}\n\n"
        ),
    }
}
