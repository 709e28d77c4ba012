use super::*;

mod version {
    use super::*;
    fn v(text: &str) -> Version {
        Version::parse(text).unwrap()
    }
    #[test]
    fn parses() {
        assert_eq!(v("1.2.3"), Version(1, 2, 3));
    }
    #[test]
    fn parses_with_a_letter() {
        assert_eq!(v("v1.2.3"), Version(1, 2, 3));
    }
    #[test]
    fn refuses_two_numbers() {
        assert_eq!(Version::parse("1.2"), Err("1.2: three numbers wanted".into()));
    }
    #[test]
    fn refuses_words() {
        assert!(Version::parse("a.b.c").is_err());
    }
    #[test]
    fn compares_major_first() {
        assert_eq!(v("2.0.0").compare(&v("1.9.9")), Ordering::Greater);
    }
    #[test]
    fn compares_patch_last() {
        assert_eq!(v("1.2.3").compare(&v("1.2.4")), Ordering::Less);
    }
    #[test]
    fn accepts_newer() {
        assert!(v("1.2.3").accepts(&v("1.3.0")));
    }
    #[test]
    fn accepts_itself() {
        assert!(v("1.2.3").accepts(&v("1.2.3")));
    }
    #[test]
    fn refuses_older_and_other_major() {
        assert!(!v("1.2.3").accepts(&v("1.2.2")));
        assert!(!v("1.2.3").accepts(&v("2.2.3")));
    }
}

mod globs {
    use super::*;
    fn is_match(pattern: &str, text: &str) -> bool {
        glob(pattern.as_bytes(), text.as_bytes())
    }
    #[test]
    fn words() {
        assert!(is_match("abc", "abc"));
        assert!(!is_match("abc", "abd"));
    }
    #[test]
    fn stars() {
        assert!(is_match("a*c", "abbbc"));
    }
    #[test]
    fn a_star_takes_nothing_too() {
        assert!(is_match("a*", "a"));
    }
    #[test]
    fn question_marks() {
        assert!(is_match("a?c", "abc"));
        assert!(!is_match("a?c", "ac"));
    }
    #[test]
    fn nothing_matches_nothing() {
        assert!(is_match("", ""));
        assert!(!is_match("", "a"));
    }
}

mod ring {
    use super::*;
    fn filled(size: usize, count: i32) -> Vec<i32> {
        let mut ring = Ring::new(size);
        (1..=count).for_each(|value| ring.push(value));
        ring.values()
    }
    #[test]
    fn starts_empty() {
        assert_eq!(filled(3, 0), []);
    }
    #[test]
    fn keeps_order() {
        assert_eq!(filled(3, 2), [1, 2]);
    }
    #[test]
    fn drops_the_oldest() {
        assert_eq!(filled(3, 4), [2, 3, 4]);
    }
    #[test]
    fn goes_round_twice() {
        assert_eq!(filled(3, 8), [6, 7, 8]);
    }
}

mod lengths {
    use super::*;
    #[test]
    fn packs_runs() {
        assert_eq!(pack("aaabcc"), "3ab2c");
    }
    #[test]
    fn packs_single() {
        assert_eq!(pack("abc"), "abc");
    }
    #[test]
    fn packs_nothing() {
        assert_eq!(pack(""), "");
    }
    #[test]
    fn unpacks_runs() {
        assert_eq!(unpack("3ab2c"), "aaabcc");
    }
    #[test]
    fn unpacks_long_runs() {
        assert_eq!(unpack("12x"), "xxxxxxxxxxxx");
    }
    #[test]
    fn goes_round() {
        assert_eq!(unpack(&pack("xxyyyyz")), "xxyyyyz");
    }
}

mod account {
    use super::*;
    fn with(amount: i64) -> Account {
        let mut account = Account::default();
        account.deposit(amount).unwrap();
        account
    }
    #[test]
    fn deposits() {
        assert_eq!(with(50).balance, 50);
    }
    #[test]
    fn deposits_are_remembered() {
        assert_eq!(with(50).history, [50]);
    }
    #[test]
    fn nothing_cannot_be_deposited() {
        assert_eq!(Account::default().deposit(0), Err("cannot deposit 0".into()));
    }
    #[test]
    fn withdraws() {
        let mut account = with(50);
        account.withdraw(20).unwrap();
        assert_eq!(account.balance, 30);
        assert_eq!(account.history, [50, -20]);
    }
    #[test]
    fn withdraws_all() {
        let mut account = with(50);
        account.withdraw(50).unwrap();
        assert_eq!(account.balance, 0);
    }
    #[test]
    fn refuses_too_much() {
        assert_eq!(with(50).withdraw(51), Err("insufficient funds: 50 of 51".into()));
    }
}
