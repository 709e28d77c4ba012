//! Lists of models as OpenAI and all who are like it write them, and the bare lists of some servers.

use super::Model;
use crate::domain::problem::{Code, Problem};
use serde_json::Value;

/// Reads `{"data":[{"id":…}]}`, or the bare list that some servers send.
pub fn read(body: &[u8], read: impl Fn(&Value) -> Model) -> Result<Vec<Model>, Problem> {
    let body: Value = serde_json::from_slice(body).map_err(|_| Problem::new(Code::ProviderGarbled))?;
    let list = match body.get("data").or_else(|| body.get("models")) {
        Some(Value::Array(list)) => list.as_slice(),
        // Ollama's list while no model is there.
        Some(Value::Null) => &[],
        Some(_) => return Err(Code::ProviderGarbled.into()),
        None => body.as_array().ok_or(Code::ProviderGarbled)?.as_slice(),
    };
    Ok(list.iter().map(read).filter(|model| !model.id.is_empty()).collect())
}

/// The entry's id and what of the usual names for its window is there.
pub fn entry(entry: &Value) -> Model {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |names: &[&str]| names.iter().find_map(|name| entry.get(name).and_then(Value::as_u64));
    Model {
        id: text("id").unwrap_or_default(),
        name: text("name").filter(|name| Some(name) != text("id").as_ref()),
        context: number(&[
            // LM Studio: what the model was loaded with, which may be less than it could.
            "loaded_context_length",
            "context_window",
            "max_context_length",
            "context_length",
            "max_model_len",
        ]),
        max_output: number(&["max_completion_tokens", "max_output_tokens"]),
        chats: true,
        ..Model::default()
    }
}
