//! `spectr verify-export FILE`: checks a bundle without a network, a server or a database.

use super::{Result, say};
use crate::features::privacy::export::verify::{Demands, Fault, verify};
use crate::infra::crypto::PublicKey;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;

/// Exit code 0 when everything fits, 1 when something does not.
///
/// # Errors
/// When the file or the key cannot be read at all.
pub fn run(file: &Path, key: Option<&str>) -> Result<ExitCode> {
    let pinned = key.map(read_keys).transpose()?;
    let opened = File::open(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    if !opened.metadata()?.is_file() {
        return Err(format!("{} is no file", file.display()).into());
    }
    let demands = Demands {
        pinned: pinned.as_deref(),
        ..Demands::default()
    };
    match verify(BufReader::new(opened), &demands) {
        Ok(valid) => {
            let manifest = valid.manifest;
            let rows: u64 = manifest.tables.values().sum();
            say(&format!(
                "ok      {} entries, each as the manifest lists it",
                manifest.files.len()
            ));
            say("ok      every SHA-256 fits, every number of rows fits, every schema is there");
            say(&format!(
                "ok      {rows} rows of account {} on {}, as of {}",
                manifest.account, manifest.server, manifest.created_at
            ));
            say(&format!("ok      signed with Ed25519 by the key {}", valid.key.id()));
            if pinned.is_some() {
                say("ok      that key is the one that was given");
            } else {
                say(&format!(
                    "look    that key stands in the bundle itself. To know that it is the server's, compare {} with \
                     {}.well-known/spectr-keys.json, or give it with --key",
                    valid.key.to_hex(),
                    with_slash(&manifest.server)
                ));
            }
            say("valid");
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => {
            say(&format!("broken  {fault}"));
            say("not valid");
            Ok(ExitCode::from(if matches!(fault, Fault::Disk(_)) { 2 } else { 1 }))
        }
    }
}

fn with_slash(server: &str) -> String {
    format!("{}/", server.trim_end_matches('/'))
}

/// A key as text, or a file with one: hexadecimal, base64, PEM, or a server's `spectr-keys.json`.
fn read_keys(given: &str) -> Result<Vec<PublicKey>> {
    if let Some(key) = PublicKey::parse(given) {
        return Ok(vec![key]);
    }
    let text = std::fs::read_to_string(given)
        .map_err(|error| format!("the key {given} is neither a key nor a file that can be read: {error}"))?;
    if let Some(key) = PublicKey::parse(&text) {
        return Ok(vec![key]);
    }
    let document: serde_json::Value = serde_json::from_str(&text).map_err(|_| format!("{given} holds no key"))?;
    let listed = document.get("keys").and_then(serde_json::Value::as_array);
    let keys: Vec<_> = listed
        .into_iter()
        .flatten()
        .filter_map(|key| PublicKey::parse(key.get("x")?.as_str()?))
        .collect();
    if keys.is_empty() {
        return Err(format!("{given} holds no key").into());
    }
    Ok(keys)
}
