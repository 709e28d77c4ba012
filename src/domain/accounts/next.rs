//! Where to go after signing in: a path of this site, nothing else.

/// The page people land on when nothing better is known.
pub const HOME: &str = "/dashboard";

/// The path if it stays on this site, else [`HOME`].
///
/// Browsers read `//host`, `/\host` and control characters inside a path as a way out.
#[must_use]
pub fn safe_next(next: Option<&str>) -> &str {
    next.filter(|path| is_own_path(path)).unwrap_or(HOME)
}

fn is_own_path(path: &str) -> bool {
    path.len() <= 512
        && path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && !["/login", "/logout", "/signup"].contains(&path.split(['?', '#']).next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sites_and_loops_are_never_followed() {
        for path in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x=y",
            "/\t/evil.example",
            "dashboard",
            "",
            "/login?next=/x",
            "/logout",
        ] {
            assert_eq!(safe_next(Some(path)), HOME, "{path:?}");
        }
        assert_eq!(safe_next(None), HOME);
    }

    #[test]
    fn own_paths_are_kept_with_their_query() {
        assert_eq!(safe_next(Some("/dashboard?period=30")), "/dashboard?period=30");
    }
}
