//! The words of names and of code: what a test is about, what it calls, what it quotes.

/// Words of assertions and of test names that every test has.
const COMMON: [&str; 66] = [
    "assert",
    "expect",
    "tobe",
    "toequal",
    "equal",
    "equals",
    "strictequal",
    "deepequal",
    "deepstrictequal",
    "throws",
    "raises",
    "should",
    "test",
    "tests",
    "assertequals",
    "asserttrue",
    "assertfalse",
    "assertthat",
    "asserteq",
    "ok",
    "left",
    "right",
    "where",
    "error",
    "pytest",
    "self",
    "await",
    "async",
    "const",
    "let",
    "new",
    "unwrap",
    "int",
    "float",
    "len",
    "str",
    "list",
    "the",
    "and",
    "with",
    "for",
    "when",
    "not",
    "from",
    "def",
    "return",
    "in",
    "is",
    "none",
    "true",
    "false",
    "import",
    "class",
    "if",
    "else",
    "assertraises",
    "assertequal",
    "assertionerror",
    "lambda",
    "raise",
    "try",
    "except",
    "join",
    "get",
    "isinstance",
    "type",
];
/// Characters of a name that are looked at.
const MAX_NAME: usize = 200;
/// Names and quoted texts that are taken from one text.
const MOST: usize = 64;
/// Lengths of a quoted text that may tell something.
const QUOTED: std::ops::Range<usize> = 2..41;

fn is_common(word: &str) -> bool {
    COMMON.contains(&word.to_ascii_lowercase().replace('_', "").as_str())
}

/// Names that a piece of code calls: `price` of `price(2)`, `cart.total` by its last part.
pub fn calls(code: &str) -> impl Iterator<Item = &str> {
    code.match_indices('(').take(MOST).filter_map(|(at, _)| {
        let head = code.get(..at)?;
        let name = head.rsplit(|it: char| !it.is_alphanumeric() && it != '_').next()?;
        (name.len() > 1 && !name.starts_with(|it: char| it.is_numeric()) && !is_common(name)).then_some(name)
    })
}

/// The words of a name, in lower case and without endings, without what every name has.
pub fn words(name: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut before_is_lower = false;
    for it in name.chars().take(MAX_NAME) {
        if !it.is_alphabetic() || (it.is_uppercase() && before_is_lower) {
            words.push(String::new());
        }
        before_is_lower = !it.is_uppercase();
        if it.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(it.to_lowercase());
        }
    }
    let telling = words.into_iter().filter(|word| word.len() > 2 && !is_common(word));
    telling.map(|word| stem(&word).to_owned())
}

/// A word without the endings of English that it may have: `parse`, `parses`, `parsed` and `parsing` are one.
fn stem(word: &str) -> &str {
    let without = |word: &'_ str, end: &str| word.strip_suffix(end).map_or(word.len(), |it| it.len().max(3));
    let mut length = word.len();
    for end in ["s", "ing", "ed", "e"] {
        length = without(word.get(..length).unwrap_or(word), end);
    }
    word.get(..length).unwrap_or(word)
}

/// Short texts in quotes.
pub fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let next = move || {
        loop {
            let (_, after) = rest.split_once(['\'', '"'])?;
            let quote = rest.get(rest.len() - after.len() - 1..)?.chars().next()?;
            let end = after.find([quote, '\n'])?;
            let inner = after.get(..end)?;
            let is_closed = after.get(end..)?.starts_with(quote);
            rest = after.get(end + 1..)?;
            if is_closed && QUOTED.contains(&inner.len()) {
                return Some(inner);
            }
        }
    };
    std::iter::from_fn(next).take(MOST)
}

#[cfg(test)]
mod tests {
    use super::{calls, quoted, words};

    #[test]
    fn names_calls_and_quotes_are_read() {
        let of = |name| words(name).collect::<Vec<_>>();
        assert_eq!(
            of("test_parsePrices with taxes"),
            ["pars", "pric", "tax"].map(String::from)
        );
        assert_eq!(of("parses the price"), ["pars", "pric"].map(String::from));
        assert_eq!(
            calls("assert cart.total(tax(2)) == int(3)").collect::<Vec<_>>(),
            ["total", "tax"]
        );
        assert_eq!(
            quoted("no 'a b' or \"it's\" but 'x'").collect::<Vec<_>>(),
            ["a b", "it's"]
        );
    }
}
