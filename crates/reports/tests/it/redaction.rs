//! Recall on planted secrets and restraint on harmless text, on a generated corpus.

use spectr_reports::redact::redact;

/// A small generator of its own: the corpus is the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
    fn text(&mut self, alphabet: &str, length: usize) -> String {
        let all: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| all[self.below(all.len())]).collect()
    }
    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

const ALL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &str = "0123456789abcdef";

/// A secret, and a line that it is planted in.
fn planted(random: &mut Random, kind: usize) -> (String, String) {
    let name = random.pick(&["ann", "bob.lee", "maria-k", "x.yamada", "o_neil"]);
    let secret = match kind {
        0 => format!("sk-ant-api03-{}", random.text(ALL, 40)),
        1 => format!("sk-proj-{}", random.text(ALL, 40)),
        2 => format!("ghp_{}", random.text(ALL, 36)),
        3 => format!("AKIA{}", random.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)),
        4 => format!("xoxb-{}-{}", random.text("0123456789", 12), random.text(ALL, 24)),
        5 => format!("AIza{}", random.text(ALL, 35)),
        6 => format!(
            "eyJ{}.eyJ{}.{}",
            random.text(ALL, 30),
            random.text(ALL, 40),
            random.text(ALL, 43)
        ),
        7 => format!("glpat-{}", random.text(ALL, 20)),
        8 => format!(
            "{name}{}@{}.example.{}",
            random.below(99),
            random.text(LOWER, 5),
            random.pick(&["com", "org", "co.uk", "io"])
        ),
        9 => format!(
            "{}.{}.{}.{}",
            11 + random.below(115),
            random.below(256),
            random.below(256),
            1 + random.below(254)
        ),
        10 => format!(
            "2001:db8:{}:{}::{}",
            random.text(HEX, 4),
            random.text(HEX, 3),
            random.text("123456789", 3)
        ),
        11 => random.text(ALL, 40),
        12 => {
            return {
                let secret = random.text(LOWER, 10);
                (
                    secret.clone(),
                    format!(
                        "{}={secret}",
                        random.pick(&[
                            "DB_PASSWORD",
                            "password",
                            "api_key",
                            "client_secret",
                            "AWS_SECRET_ACCESS_KEY",
                            "authToken"
                        ])
                    ),
                )
            };
        }
        13 => {
            return {
                let secret = random.text(ALL, 14);
                (
                    secret.clone(),
                    format!(
                        "{{\"{}\": \"{secret}\", \"n\": 1}}",
                        random.pick(&[
                            "password",
                            "accessToken",
                            "apiKey",
                            "secret",
                            "refresh_token",
                            "privateKey"
                        ])
                    ),
                )
            };
        }
        14 => {
            return {
                let secret = random.text(ALL, 12);
                (
                    secret.clone(),
                    format!(
                        "{}://app:{secret}@db.internal:5432/shop",
                        random.pick(&["postgres", "mysql", "redis", "amqp", "https"])
                    ),
                )
            };
        }
        15 => {
            return {
                let secret = random.text(ALL, 30);
                (
                    secret.clone(),
                    format!("Authorization: {} {secret}", random.pick(&["Bearer", "Basic", "Token"])),
                )
            };
        }
        16 => {
            return (
                name.to_owned(),
                format!(
                    "File \"{}{name}/app/shop.py\", line 3",
                    random.pick(&["/home/", "/Users/"])
                ),
            );
        }
        17 => {
            return (
                name.to_owned(),
                format!(
                    "at Shop.Price() in C:\\Users\\{name}\\src\\Shop.cs:line {}",
                    random.below(90)
                ),
            );
        }
        18 => {
            return {
                let secret = random.text(ALL, 16);
                (
                    secret.clone(),
                    format!("GET https://api.shop.test/v1/items?page=2&token={secret}&sort=asc"),
                )
            };
        }
        20 => format!("gsk_{}", random.text(ALL, 52)),
        21 => {
            let secret = random.text(ALL, 32);
            return (secret.clone(), format!("MISTRAL_API_KEY={secret} was refused"));
        }
        22 => format!("github_pat_{}_{}", random.text(ALL, 22), random.text(ALL, 59)),
        23 => format!("lsv2_pt_{}_{}", random.text(HEX, 32), random.text(HEX, 10)),
        24 => format!(
            "ATATT3xFfGF0{}={}",
            random.text(ALL, 160),
            random.text("0123456789ABCDEF", 8)
        ),
        25 => {
            let secret = random.text(ALL, 64);
            let kind = random.pick(&["RSA ", "EC ", "OPENSSH ", ""]);
            return (
                secret.clone(),
                format!("read -----BEGIN {kind}PRIVATE KEY-----\n{secret}\n-----END {kind}PRIVATE KEY----- twice"),
            );
        }
        26 => {
            let secret = random.text(ALL, 20);
            return (secret.clone(), format!("Cookie: theme=dark; sid={secret}; lang=de"));
        }
        27 => format!(
            "fe80::{}:{}ff:fe{}:{}",
            random.text("123456789abcdef", 4),
            random.text(HEX, 2),
            random.text(HEX, 2),
            random.text("123456789abcdef", 4)
        ),
        _ => {
            return {
                let secret = random.text(ALL, 24);
                (
                    secret.clone(),
                    format!("Set-Cookie: session={secret}; Path=/; HttpOnly"),
                )
            };
        }
    };
    let before = random.pick(&[
        "connecting with ",
        "header was '",
        "got \"",
        "key: ",
        "Error: refused for ",
        "user=",
        "(",
    ]);
    let after = random.pick(&["", " at once", "' instead", "\" there", ", retrying", ")", ":8080"]);
    (secret.clone(), format!("{before}{secret}{after}"))
}

/// A word that must stay, in a line.
fn harmless(random: &mut Random, kind: usize) -> String {
    let n = random.below(100_000);
    match kind {
        0 => format!("commit {} by the build", random.text(HEX, 40)),
        1 => format!(
            "id {}-{}-4{}-a{}-{}",
            random.text(HEX, 8),
            random.text(HEX, 4),
            random.text(HEX, 3),
            random.text(HEX, 3),
            random.text(HEX, 12)
        ),
        2 => format!(
            "at Object.shouldUpdateUserAccountWhenNameChanges{n} (src/account/AccountService.test.ts:{}:{})",
            random.below(300),
            random.below(80)
        ),
        3 => format!(
            "java.lang.IllegalStateException: cannot price\n\tat com.example.shop.pricing.PriceCalculatorImpl$Inner.calculate(PriceCalculatorImpl.java:{n})"
        ),
        4 => format!(
            "react-dom@18.{}.{} and @scope/package-name@{}.0.1-beta.2",
            random.below(20),
            random.below(20),
            random.below(9)
        ),
        5 => format!("expected {n} to equal {}", random.below(1000)),
        6 => format!(
            "at 2026-11-21T10:{:02}:{:02}.{:03}Z took {n} ms",
            random.below(60),
            random.below(60),
            random.below(1000)
        ),
        7 => format!(
            "object <Shop at 0x7f{}> in std::collections::HashMap<String, Vec<u8>>",
            random.text(HEX, 10)
        ),
        8 => format!("/usr/lib/python3/dist-packages/shop_{n}/module_name_with_many_words/test_price_calculator.py"),
        9 => format!("sha256:{}", random.text(HEX, 64)),
        10 => format!(
            "Unexpected token {} in JSON at position {n}",
            random.pick(&["}", "<", "u", "o"])
        ),
        11 => format!(
            "password: {}",
            random.pick(&["null", "None", "undefined", "string", "true", "********", "required"])
        ),
        12 => format!(
            "token = {}",
            random.pick(&[
                "get_token(user)",
                "self.token",
                "None",
                "request.headers[0]",
                "config.auth.token"
            ])
        ),
        13 => format!("expect(locator).toHaveText('Save all {n} items') getByRole('button', {{ name: 'Sign in' }})"),
        14 => format!(
            "version {}.{}.{}.{} of lib-{}.{}.{}.jar",
            random.below(9),
            random.below(9),
            random.below(9),
            n,
            random.below(9),
            random.below(9),
            random.below(9)
        ),
        15 => format!(
            "thread 'tests::prices_are_rounded_to_cents_{n}' panicked at src/price/rounding.rs:{}:9",
            random.below(400)
        ),
        16 => format!(
            "HTTP/1.1 {} for GET /api/v1/orders/{n}/items",
            random.pick(&["404 Not Found", "500 Internal Server Error", "401 Unauthorized"])
        ),
        17 => format!(
            "icon@2x.png main.{}.js chunk-{}.css",
            random.text(HEX, 8),
            random.text(HEX, 8)
        ),
        18 => format!(
            "listening on 127.0.0.1:{} and [::1]:{}",
            1024 + random.below(60_000),
            1024 + random.below(60_000)
        ),
        _ => format!("SELECT key, value FROM settings WHERE token_count > {n} AND is_secret = false"),
    }
}

#[test]
fn planted_secrets_go() {
    let mut random = Random(7);
    let (mut gone, mut missed) = (0, Vec::new());
    for round in 0..5600 {
        let (secret, line) = planted(&mut random, round % 28);
        if redact(&line).contains(&secret) {
            missed.push(line);
        } else {
            gone += 1;
        }
    }
    assert!(
        f64::from(gone) / 5600.0 >= 0.99,
        "{} missed, such as {:#?}",
        missed.len(),
        &missed[..missed.len().min(20)]
    );
}

#[test]
fn harmless_text_stays() {
    let mut random = Random(11);
    let mut touched = Vec::new();
    for round in 0..4000 {
        let line = harmless(&mut random, round % 20);
        let out = redact(&line);
        if out != line {
            touched.push(format!("{line} -> {out}"));
        }
    }
    assert!(
        touched.len() <= 40,
        "{} touched, such as {:#?}",
        touched.len(),
        &touched[..touched.len().min(20)]
    );
}

#[test]
fn the_marks_of_an_earlier_redaction_stay_as_they_are() {
    for line in [
        "Authorization: Token [secret]",
        "password=[secret] next",
        "File \"/home/[user]/app/shop.py\", line 3",
        "at C:\\Users\\[user]\\a.cs",
    ] {
        assert_eq!(redact(line), line);
    }
}
