//! JSON Schema (draft 2020-12), with its formats asserted.

use boon::{Compiler, Draft, Schemas};
use serde_json::Value;

/// Where a schema would lie; nothing is ever loaded from there.
const URL: &str = "https://spectr.test/schema.json";

/// Fails unless the value follows the schema; `what` names it in the message.
#[track_caller]
pub fn assert_follows(schema: Value, value: &Value, what: &str) {
    let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
    compiler.set_default_draft(Draft::V2020_12);
    compiler.enable_format_assertions();
    compiler.add_resource(URL, schema).unwrap();
    let compiled = compiler.compile(URL, &mut schemas).unwrap();
    if let Err(error) = schemas.validate(value, compiled) {
        panic!("{what}: {error} in {value:#}");
    }
}
