//! One line of a stack trace in the spelling of any language.

/// A place in code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub path: String,
    /// The last part of the path.
    pub file: String,
    pub function: String,
    pub line: u32,
    /// The line of code, where the tool shows it.
    pub source: String,
    /// Neither of a library, the language, nor the test runner.
    pub is_ours: bool,
    /// What follows the place on its line: Go's message.
    pub rest: String,
}

impl Frame {
    /// `path:line in function`, as far as they are known.
    #[must_use]
    pub fn place(&self) -> String {
        let mut text = self.path.clone();
        if self.line > 0 {
            text.push_str(&format!(":{}", self.line));
        }
        match (text.is_empty(), self.function.is_empty()) {
            (_, true) => text,
            (true, false) => self.function.clone(),
            (false, false) => format!("{text} in {}", self.function),
        }
    }
}

/// Parts of paths that are not the user's.
const FOREIGN: [&str; 24] = [
    "node_modules",
    "site-packages",
    "dist-packages",
    "/lib/python",
    "\\lib\\python",
    "<frozen",
    "node:",
    "internal/",
    ".cargo/registry",
    "/rustc/",
    "rust/library",
    "/usr/include",
    "/usr/local/go/",
    "/go/pkg/mod",
    "/usr/lib/go",
    "library/core",
    "library/std",
    "library/alloc",
    "vendor/bundle",
    "/gems/",
    "_pytest",
    "googletest",
    "<anonymous",
    "[native",
];

/// Beginnings of qualified names that are not the user's.
const FOREIGN_NAMES: [&str; 34] = [
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "com.sun.",
    "kotlin.",
    "kotlinx.",
    "scala.",
    "groovy.",
    "org.junit",
    "junit.",
    "org.testng",
    "org.apache.maven",
    "org.gradle",
    "org.hamcrest",
    "org.assertj",
    "org.mockito",
    "org.opentest4j",
    "org.springframework.test",
    "System.",
    "Microsoft.",
    "Xunit.",
    "NUnit.",
    "FluentAssertions.",
    "core::",
    "std::",
    "alloc::",
    "test::",
    "rust_begin_unwind",
    "__rust",
    "runtime.",
    "testing.",
    "reflect.",
    "BuiltIn.",
];

/// Endings of source files.
const ENDINGS: [&str; 36] = [
    "py", "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "java", "kt", "kts", "scala",
    "groovy", "cs", "fs", "vb", "rs", "go", "rb", "php", "c", "cc", "cpp", "cxx", "h", "hpp", "swift", "m", "dart",
    "ex", "exs", "robot", "pl",
];

/// Reads a line as a frame.
#[must_use]
pub fn frame(line: &str) -> Option<Frame> {
    let bare = line.trim();
    if bare.len() > 1000 || bare.is_empty() {
        return None;
    }
    if let Some(call) = bare.strip_prefix("at ") {
        return at(call.strip_prefix("async ").unwrap_or(call));
    }
    if let Some(rest) = bare.strip_prefix("File \"") {
        let (path, rest) = rest.split_once('"')?;
        let number = rest.trim_start_matches([',', ' ']).strip_prefix("line ")?;
        let function = number.split_once(", in ").map_or("", |(_, name)| name);
        return Some(build(path, function, digits(number)));
    }
    if let Some(name) = bare.strip_prefix("keyword ") {
        let mut found = build("", name, 0);
        found.is_ours = !FOREIGN_NAMES.iter().any(|start| name.starts_with(start));
        return Some(found);
    }
    // `name (file:1:2)` of node's TAP, then a bare `file:1[:2]` at the beginning.
    if bare.ends_with(')')
        && let Some((name, place)) = bare.split_once(" (")
        && let Some((path, line, _)) = place_of(place.trim_end_matches(')'))
    {
        return Some(build(path, name, line));
    }
    let (path, line, rest) = place_of(bare)?;
    let mut found = build(path, "", line);
    if let Some(name) = rest.strip_prefix("in ").map(|name| name.trim_matches(['`', '\''])) {
        name.clone_into(&mut found.function);
    } else if path.ends_with(".go") {
        rest.clone_into(&mut found.rest);
    } else if !rest.is_empty()
        && !rest.contains("Error")
        && !rest.contains("Exception")
        && !is_type(rest)
        && !rest.starts_with("Failure")
    {
        // A sentence that happens to begin with a place.
        return None;
    }
    Some(found)
}

fn is_type(text: &str) -> bool {
    !text.contains(' ') && text.chars().next().is_some_and(char::is_uppercase)
}

/// What follows `at `: JavaScript, Java, C#, Rust.
fn at(call: &str) -> Option<Frame> {
    if let Some((name, place)) = call.rsplit_once(" in ")
        && let Some((path, line)) = place.rsplit_once(":line ")
    {
        return Some(build(path, name.split('(').next().unwrap_or_default(), digits(line)));
    }
    if let Some((name, place)) = call
        .strip_suffix(')')
        .or(call.strip_suffix(") {"))
        .and_then(|call| call.rsplit_once('('))
    {
        let name = name.trim_end();
        if let Some((path, line, _)) = place_of(place) {
            // Java: a module may stand before the class.
            return Some(build(path, name.rsplit('/').next().unwrap_or(name), line));
        }
        // JavaScript's own: `Array.map (<anonymous>)`, `Promise.all (index 0)`.
        if place == "<anonymous>" || place == "native" || place.starts_with("index ") {
            let mut found = build("", name, 0);
            found.is_ours = false;
            return Some(found);
        }
        let is_name = !name.is_empty() && name.contains('.') && !name.contains(' ');
        return is_name.then(|| build("", name.rsplit('/').next().unwrap_or(name), 0));
    }
    place_of(call).map(|(path, line, _)| build(path, "", line))
}

/// `path:12`, `path:12:3`, `path:12: rest`, with a known ending of the path.
fn place_of(text: &str) -> Option<(&str, u32, &str)> {
    let mut from = 0;
    loop {
        let colon = text.get(from..)?.find(':')? + from;
        let (path, after) = (text.get(..colon)?, text.get(colon + 1..)?);
        let length = after.bytes().take_while(u8::is_ascii_digit).count();
        if length > 0 && is_source(path) {
            let mut rest = after.get(length..)?;
            if let Some(column) = rest.strip_prefix(':') {
                rest = column.trim_start_matches(|it: char| it.is_ascii_digit());
            }
            return Some((path, digits(after), rest.trim_start_matches(':').trim()));
        }
        from = colon + 1;
    }
}

fn is_source(path: &str) -> bool {
    let is_node = path.starts_with("node:") && !path.contains(' ');
    let ending = path
        .rsplit_once('.')
        .is_some_and(|(_, ending)| ENDINGS.contains(&ending));
    is_node || (ending && !path.contains(['"', '\'', '=']) && path.matches(' ').count() < 3)
}

fn build(path: &str, function: &str, line: u32) -> Frame {
    let path = path.trim().trim_start_matches("file://");
    let function = function.trim();
    let is_library = FOREIGN_NAMES.iter().any(|start| function.starts_with(start));
    Frame {
        path: path.to_owned(),
        file: path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned(),
        function: function.to_owned(),
        line,
        source: String::new(),
        is_ours: !is_library && is_ours(path),
        rest: String::new(),
    }
}

/// Whether a path is neither a library's nor the runner's.
#[must_use]
pub fn is_ours(path: &str) -> bool {
    !FOREIGN.iter().any(|part| path.contains(part))
}

fn digits(text: &str) -> u32 {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..length).and_then(|number| number.parse().ok()).unwrap_or(0)
}
