//! What is kept about a device: the browser's family and major version, and the family of the system.
//!
//! The rest of a User-Agent header identifies people and is thrown away here.

/// `Firefox 140 on Linux`; `Unknown browser` where the header says nothing known.
#[must_use]
pub fn describe(user_agent: &str) -> String {
    let browser = browser(user_agent);
    match system(user_agent) {
        Some(system) => format!("{browser} on {system}"),
        None => browser,
    }
}

/// Order matters: Chromium's descendants name Chrome too, and Chrome names Safari.
const BROWSERS: [(&str, &str); 13] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("curl/", "curl"),
    ("Version/", "Safari"),
];

fn browser(user_agent: &str) -> String {
    for (mark, family) in BROWSERS {
        let Some((_, rest)) = user_agent.split_once(mark) else {
            continue;
        };
        if family == "Safari" && !user_agent.contains("Safari/") {
            continue;
        }
        let version: String = rest.chars().take_while(char::is_ascii_digit).take(4).collect();
        return if version.is_empty() {
            family.to_owned()
        } else {
            format!("{family} {version}")
        };
    }
    "Unknown browser".to_owned()
}

fn system(user_agent: &str) -> Option<&'static str> {
    const SYSTEMS: [(&str, &str); 8] = [
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iPadOS"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
        ("BSD", "BSD"),
    ];
    SYSTEMS
        .into_iter()
        .find(|(mark, _)| user_agent.contains(mark))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_browsers_are_told_apart() {
        for (user_agent, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox 140 on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.1.2",
                "Edge 141 on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
                "Safari 18 on macOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
                "Chrome 141 on Android",
            ),
            ("curl/8.14.1", "curl 8"),
            ("", "Unknown browser"),
            ("<script>alert(1)</script>", "Unknown browser"),
        ] {
            assert_eq!(describe(user_agent), expected);
        }
    }

    #[test]
    fn nothing_but_family_version_and_system_is_kept() {
        let described = describe("Firefox/140.0.1-canary-7d1e Linux secret-device-name");
        assert_eq!(described, "Firefox 140 on Linux");
    }
}
