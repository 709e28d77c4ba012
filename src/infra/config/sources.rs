//! Where settings come from: variables of the process, and the file that `SPECTR_CONFIG` names. A
//! variable wins over the file unless it is empty.

use super::{ALLOW_TARGETS, ConfigError, NAMES, Settings};
use std::ffi::OsString;

/// The settings among these variables, and those of the file that they name.
pub(super) fn settings(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Settings, ConfigError> {
    let mut settings = environment(variables)?;
    if let Some(path) = settings.get("SPECTR_CONFIG").cloned() {
        for (name, value) in file(&path)? {
            settings.entry(name).or_insert(value);
        }
    }
    Ok(settings)
}

/// Names that begin with `SPECTR_` but mean nothing.
pub(super) fn unknown(variables: impl Iterator<Item = (OsString, OsString)>) -> Vec<String> {
    variables
        .map(|(name, _)| name.to_string_lossy().into_owned())
        .filter(|name| name.starts_with("SPECTR_") && !NAMES.contains(&name.as_str()))
        .collect()
}

/// What is not ours may be in any encoding.
fn environment(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Settings, ConfigError> {
    let mut settings = Settings::new();
    for (name, value) in variables {
        let Some(name) = NAMES.iter().copied().find(|known| name == **known) else {
            continue;
        };
        let value = value.into_string().map_err(|_| ConfigError::NotUtf8 { name })?;
        if !value.is_empty() || name == ALLOW_TARGETS {
            settings.insert(name.to_owned(), value);
        }
    }
    Ok(settings)
}

fn file(path: &str) -> Result<Settings, ConfigError> {
    let bad = |why: String| ConfigError::File {
        path: path.to_owned(),
        why,
    };
    let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| bad(error.message().to_owned()))?;
    table
        .into_iter()
        .map(|(name, value)| {
            if !NAMES.contains(&name.as_str()) || name == "SPECTR_CONFIG" {
                return Err(ConfigError::UnknownName {
                    path: path.to_owned(),
                    name,
                });
            }
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(flag) => flag.to_string(),
                _ => return Err(bad(format!("{name} must be a text or a number"))),
            };
            Ok((name, text))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt;

    fn variables(pairs: &[(&str, &[u8])]) -> std::vec::IntoIter<(OsString, OsString)> {
        let pair = |(name, value): &(&str, &[u8])| (OsString::from(name), OsString::from_vec(value.to_vec()));
        pairs.iter().map(pair).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn a_variable_that_is_no_text_is_named_when_it_is_ours_and_passed_over_when_not() {
        let read = environment(variables(&[("FOO", b"\xff"), ("SPECTR_FOO", b"\xff"), ("PORT", b"80")])).unwrap();
        assert_eq!(read, Settings::from([("PORT".to_owned(), "80".to_owned())]));
        let error = environment(variables(&[("SPECTR_REGION", b"\xff")])).unwrap_err();
        assert!(error.to_string().starts_with("SPECTR_REGION is not text"), "{error}");
        let foreign = OsString::from_vec(b"SPECTR_\xff".to_vec());
        assert_eq!(unknown([(foreign, OsString::new())].into_iter()), ["SPECTR_\u{fffd}"]);
    }

    #[test]
    fn an_empty_variable_leaves_the_files_value_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spectr.toml");
        let text = "SPECTR_REGION = \"EU\"\nSPECTR_LOG = \"warn\"\nSPECTR_ALLOW_TARGETS = \"10.0.0.0/8\"\n";
        std::fs::write(&path, text).unwrap();
        let path = path.display().to_string();
        let given: [(&str, &[u8]); 4] = [
            ("SPECTR_CONFIG", path.as_bytes()),
            ("SPECTR_REGION", b""),
            ("SPECTR_LOG", b"error"),
            ("SPECTR_ALLOW_TARGETS", b""),
        ];
        let read = settings(variables(&given)).unwrap();
        assert_eq!((&*read["SPECTR_REGION"], &*read["SPECTR_LOG"]), ("EU", "error"));
        assert_eq!(read["SPECTR_ALLOW_TARGETS"], "", "nothing is a value there");
    }
}
