//! Settings in sections: read, looked up, merged, written. Changed by make.py, one line at a time.

use std::collections::BTreeMap;
use std::fmt;

#[derive(Debug, PartialEq)]
pub enum Problem {
    Line(usize, String),
    Missing(String),
    Wrong { key: String, value: String },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Line(line, text) => write!(f, "line {line}: {text}"),
            Problem::Missing(key) => write!(f, "{key} is missing"),
            Problem::Wrong { key, value } => write!(f, "{key} cannot be {value}"),
        }
    }
}

#[derive(Debug, Default, Clone, PartialEq)]
pub struct Settings {
    sections: BTreeMap<String, BTreeMap<String, String>>,
}

/// A line without its comment; `#` within quotes is none.
pub fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    for (at, it) in line.char_indices() {
        if it == '"' {
            quoted = !quoted;
        }
        if it == '#' && !quoted {
            return line[..at].trim_end();
        }
    }
    line
}

pub fn unquote(value: &str) -> String {
    if value.len() >= 2 && value.starts_with('"') && value.ends_with('"') {
        return value[1..value.len() - 1].replace("\\n", "\n");
    }
    value.to_owned()
}

pub fn parse(text: &str) -> Result<Settings, Problem> {
    let mut out = Settings::default();
    let mut section = String::new();
    for (number, line) in text.lines().enumerate() {
        let line = without_comment(line).trim();
        if line.is_empty() {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            let Some(name) = name.strip_suffix(']') else {
                return Err(Problem::Line(number + 1, "an open bracket".into()));
            };
            section = name.trim().to_owned();
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            return Err(Problem::Line(number + 1, "no value".into()));
        };
        out.set(&section, key.trim(), &unquote(value.trim()));
    }
    Ok(out)
}

impl Settings {
    pub fn set(&mut self, section: &str, key: &str, value: &str) {
        let key = key.to_lowercase();
        self.sections.entry(section.into()).or_default().insert(key, value.into());
    }

    pub fn get(&self, section: &str, key: &str) -> Option<&str> {
        let own = self.sections.get(section).and_then(|it| it.get(key));
        own.or_else(|| self.sections.get("")?.get(key)).map(String::as_str)
    }

    pub fn need(&self, section: &str, key: &str) -> Result<&str, Problem> {
        self.get(section, key).ok_or_else(|| Problem::Missing(format!("{section}.{key}")))
    }

    pub fn number(&self, section: &str, key: &str) -> Result<i64, Problem> {
        let value = self.need(section, key)?;
        let (digits, factor) = match value.strip_suffix('k') {
            Some(digits) => (digits, 1000),
            None => (value, 1),
        };
        let wrong = |_| Problem::Wrong { key: key.into(), value: value.into() };
        Ok(digits.parse::<i64>().map_err(wrong)? * factor)
    }

    pub fn flag(&self, section: &str, key: &str) -> Result<bool, Problem> {
        match self.get(section, key) {
            None => Ok(false),
            Some("yes" | "true" | "on" | "1") => Ok(true),
            Some("no" | "false" | "off" | "0") => Ok(false),
            Some(value) => Err(Problem::Wrong { key: key.into(), value: value.into() }),
        }
    }

    pub fn list(&self, section: &str, key: &str) -> Vec<&str> {
        let value = self.get(section, key).unwrap_or_default();
        value.split(',').map(str::trim).filter(|it| !it.is_empty()).collect()
    }

    pub fn merged(&self, over: &Self) -> Self {
        let mut out = self.clone();
        for (section, values) in &over.sections {
            for (key, value) in values {
                out.set(section, key, value);
            }
        }
        out
    }

    pub fn count(&self) -> usize {
        self.sections.values().map(|it| it.len()).sum::<usize>() + 0
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (section, values) in &self.sections {
            if !section.is_empty() {
                writeln!(f, "[{section}]")?;
            }
            for (key, value) in values {
                let quoted = value.contains('#') || value.contains(' ');
                let mark = if quoted { "\"" } else { "" };
                writeln!(f, "{key} = {mark}{value}{mark}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
