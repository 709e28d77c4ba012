use super::*;

fn shop() -> Settings {
    parse("name = shop\n[server]\nport = 80\nlimit = 4k\ndebug = on\n[mail]\nto = a@x, b@x\n").unwrap()
}

#[test]
fn comment_is_cut() {
    assert_eq!(without_comment("a = 1 # one"), "a = 1");
}

#[test]
fn comment_in_quotes_stays() {
    assert_eq!(without_comment("a = \"#1\""), "a = \"#1\"");
}

#[test]
fn comment_after_quotes_is_cut() {
    assert_eq!(without_comment("a = \"x\" # y"), "a = \"x\"");
}

#[test]
fn quotes_are_taken_off() {
    assert_eq!(unquote("\"a b\""), "a b");
}

#[test]
fn empty_quotes() {
    assert_eq!(unquote("\"\""), "");
}

#[test]
fn a_single_quote_stays() {
    assert_eq!(unquote("\""), "\"");
}

#[test]
fn quoted_line_ends() {
    assert_eq!(unquote("\"a\\nb\""), "a\nb");
}

#[test]
fn parse_reads_sections() {
    assert_eq!(shop().get("server", "port"), Some("80"));
}

#[test]
fn parse_reads_what_stands_before_sections() {
    assert_eq!(shop().get("", "name"), Some("shop"));
}

#[test]
fn parse_skips_comments_and_empty_lines() {
    assert_eq!(parse("# all\n\na=1 # one\n").unwrap().count(), 1);
}

#[test]
fn parse_tells_the_line_of_an_open_bracket() {
    assert_eq!(parse("a=1\n[b\n"), Err(Problem::Line(2, "an open bracket".into())));
}

#[test]
fn parse_tells_the_line_without_a_value() {
    let problem = parse("a=1\n\nb\n").unwrap_err();
    assert_eq!(problem.to_string(), "line 3: no value");
}

#[test]
fn parse_takes_the_last_of_two() {
    assert_eq!(parse("a=1\na=2").unwrap().need("", "a").unwrap(), "2");
}

#[test]
fn keys_know_no_case() {
    assert_eq!(parse("Port=1").unwrap().get("", "port"), Some("1"));
}

#[test]
fn get_falls_back_to_the_top() {
    assert_eq!(shop().get("server", "name"), Some("shop"));
}

#[test]
fn get_of_nothing() {
    assert!(shop().get("server", "nothing").is_none());
}

#[test]
fn need_tells_what_is_missing() {
    assert_eq!(shop().need("mail", "from").unwrap_err().to_string(), "mail.from is missing");
}

#[test]
fn number_is_read() {
    assert_eq!(shop().number("server", "port").unwrap(), 80);
}

#[test]
fn number_of_thousands() {
    assert_eq!(shop().number("server", "limit").unwrap(), 4000);
}

#[test]
fn number_below_zero() {
    assert_eq!(parse("a = -5").unwrap().number("", "a"), Ok(-5));
}

#[test]
fn number_that_is_none() {
    let problem = shop().number("", "name").unwrap_err();
    assert_eq!(problem.to_string(), "name cannot be shop");
}

#[test]
fn number_that_is_missing() {
    assert_eq!(shop().number("mail", "port"), Err(Problem::Missing("mail.port".into())));
}

#[test]
fn flag_is_on() {
    assert_eq!(shop().flag("server", "debug"), Ok(true));
}

#[test]
fn flag_is_off() {
    assert_eq!(parse("a=no").unwrap().flag("", "a"), Ok(false));
}

#[test]
fn flag_that_is_missing_is_off() {
    assert!(!shop().flag("mail", "debug").unwrap());
}

#[test]
fn flag_that_is_none() {
    assert!(shop().flag("server", "port").is_err());
}

#[test]
fn list_is_split() {
    assert_eq!(shop().list("mail", "to"), ["a@x", "b@x"]);
}

#[test]
fn list_without_empty_parts() {
    assert_eq!(parse("a = x,, y,").unwrap().list("", "a"), ["x", "y"]);
}

#[test]
fn list_of_nothing() {
    assert!(shop().list("mail", "cc").is_empty());
}

#[test]
fn merging_overrides() {
    let over = parse("[server]\nport = 443").unwrap();
    assert_eq!(shop().merged(&over).get("server", "port"), Some("443"));
}

#[test]
fn merging_adds() {
    let over = parse("[new]\na = 1").unwrap();
    assert_eq!(shop().merged(&over).count(), shop().count() + 1);
}

#[test]
fn merging_keeps() {
    assert_eq!(shop().merged(&Settings::default()), shop());
}

#[test]
fn counting() {
    assert_eq!(shop().count(), 5);
}

#[test]
fn written_plainly() {
    assert_eq!(parse("[a]\nb=1").unwrap().to_string(), "[a]\nb = 1\n");
}

#[test]
fn written_with_quotes() {
    assert_eq!(parse("b=\"x y\"").unwrap().to_string(), "b = \"x y\"\n");
}

#[test]
fn written_and_read_again() {
    let settings = parse("a = \"p # q\"\n[b]\nc = 1").unwrap();
    assert_eq!(parse(&settings.to_string()).unwrap(), settings);
}
