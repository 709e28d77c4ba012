//! Character references. Only the five names of XML and numbers are known; nothing ever expands.

use memchr::memchr;

/// Appends the text with its references read; unknown ones stay as they are written.
pub fn push_decoded(out: &mut String, raw: &str) {
    let mut rest = raw;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        match reference(from) {
            Some((it, used)) => {
                out.extend(it);
                rest = from.get(used..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
}

/// The character that a text begins with as a reference (none for control characters), and its length.
fn reference(text: &str) -> Option<(Option<char>, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let it = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let value = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            let it = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
            let is_noise = it.is_control() && !matches!(it, '\t' | '\n' | '\r' | '\u{1b}');
            return Some(((!is_noise).then_some(it), end + 1));
        }
    };
    Some((Some(it), end + 1))
}

#[cfg(test)]
mod tests {
    use super::push_decoded;

    #[test]
    fn five_names_and_numbers_are_read_and_nothing_else() {
        let mut out = String::new();
        push_decoded(&mut out, "a&lt;b&gt;&amp;lt; &#65;&#x1F600; &lol9; &#0; & &#xD800;");
        assert_eq!(out, "a<b>&lt; A😀 &lol9;  & \u{fffd}");
    }
}
