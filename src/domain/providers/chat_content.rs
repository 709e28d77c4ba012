//! The `content` of a message on the wire of Chat Completions: a text, `null`, or parts of several kinds
//! (Mistral). Read without the copy that an untagged enum would make of every piece.

use super::decoder::Sink;
use super::loose;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;

#[derive(Default)]
pub enum Content {
    Text(String),
    Parts(Vec<Part>),
    /// `null`, absent, or of no known shape.
    #[default]
    None,
}

#[derive(Deserialize)]
pub struct Part {
    #[serde(rename = "type", default, deserialize_with = "loose::text")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "loose::text")]
    text: Option<String>,
    /// Mistral's reasoning: parts again, or a text.
    #[serde(default)]
    thinking: Option<Value>,
}

impl Content {
    /// Puts what it holds where answers and reasoning go.
    pub fn take(self, sink: &mut Sink<'_>) {
        match self {
            Self::Text(text) => sink.text(text),
            Self::Parts(parts) => parts.into_iter().for_each(|part| part.take(sink)),
            Self::None => {}
        }
    }
}

impl Part {
    fn take(self, sink: &mut Sink<'_>) {
        match self.thinking {
            Some(Value::String(text)) => sink.reasoning(text),
            Some(Value::Array(parts)) => {
                for inner in parts {
                    if let Some(text) = inner.get("text").and_then(Value::as_str) {
                        sink.reasoning(text.to_owned());
                    }
                }
            }
            _ if matches!(self.kind.as_deref(), None | Some("text")) => sink.text(self.text.unwrap_or_default()),
            _ => {}
        }
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Shape)
    }
}

struct Shape;

impl<'de> Visitor<'de> for Shape {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or parts")
    }

    fn visit_str<E>(self, value: &str) -> Result<Content, E> {
        Ok(Content::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Content, E> {
        Ok(Content::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Content, A::Error> {
        let mut parts = Vec::new();
        while let Some(part) = seq.next_element::<Value>()? {
            // A part of no known shape says nothing; those beside it do.
            parts.extend(Part::deserialize(part).ok());
        }
        Ok(Content::Parts(parts))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Content::None)
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Content, E> {
        Ok(Content::None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Content, E> {
        Ok(Content::None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Content, E> {
        Ok(Content::None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Content, E> {
        Ok(Content::None)
    }
}
