use super::*;

mod token {
    use super::*;
    #[test]
    fn numbers_are_read() {
        assert_eq!(tokens("12"), Ok(vec![Token::Number(12)]));
    }
    #[test]
    fn signs_are_read() {
        assert_eq!(tokens("1+2").unwrap().len(), 3);
    }
    #[test]
    fn spaces_are_skipped() {
        assert_eq!(tokens(" 1 2 "), Ok(vec![Token::Number(1), Token::Number(2)]));
    }
    #[test]
    fn letters_are_refused() {
        assert_eq!(tokens("1a"), Err("unexpected a".into()));
    }
}

mod calc {
    use super::*;
    #[test]
    fn adds() {
        assert_eq!(eval("1 + 2 + 3").unwrap(), 6);
    }
    #[test]
    fn subtracts() {
        assert_eq!(eval("9 - 2 - 3").unwrap(), 4);
    }
    #[test]
    fn multiplies_first() {
        assert_eq!(eval("2 + 3 * 4").unwrap(), 14);
    }
    #[test]
    fn divides() {
        assert_eq!(eval("12 / 4 / 3").unwrap(), 1);
    }
    #[test]
    fn brackets_bind() {
        assert_eq!(eval("(2 + 3) * 4").unwrap(), 20);
    }
    #[test]
    fn negative_numbers() {
        assert_eq!(eval("-3 + 5").unwrap(), 2);
    }
    #[test]
    fn division_by_zero_is_an_error() {
        assert_eq!(eval("1 / 0"), Err("division by zero".into()));
    }
    #[test]
    fn an_open_bracket_is_an_error() {
        assert_eq!(eval("(1 + 2"), Err("missing )".into()));
    }
    #[test]
    fn an_end_is_an_error() {
        assert_eq!(eval("1 +"), Err("unexpected end".into()));
    }
    #[test]
    fn more_is_an_error() {
        assert!(eval("1 2").is_err());
    }
}

mod matrices {
    use super::*;
    fn two() -> Matrix {
        Matrix::new(2, 3, &[1, 2, 3, 4, 5, 6])
    }
    #[test]
    fn cells_are_found() {
        assert_eq!(two().get(1, 0), 4);
        assert_eq!(two().get(0, 2), 3);
    }
    #[test]
    fn transposing_swaps() {
        assert_eq!(two().transposed(), Matrix::new(3, 2, &[1, 4, 2, 5, 3, 6]));
    }
    #[test]
    fn transposing_twice_is_nothing() {
        assert_eq!(two().transposed().transposed(), two());
    }
    #[test]
    fn products() {
        assert_eq!(two().times(&two().transposed()), Matrix::new(2, 2, &[14, 32, 32, 77]));
    }
    #[test]
    fn identity_changes_nothing() {
        let one = Matrix::new(3, 3, &[1, 0, 0, 0, 1, 0, 0, 0, 1]);
        assert_eq!(two().times(&one), two());
    }
    #[test]
    #[should_panic(expected = "wrong number of cells")]
    fn wrong_sizes_panic() {
        Matrix::new(2, 2, &[1]);
    }
}

mod statistics {
    use super::*;
    #[test]
    fn mean_of_some() {
        assert_eq!(mean(&[1.0, 2.0, 6.0]), Some(3.0));
    }
    #[test]
    fn mean_of_none() {
        assert_eq!(mean(&[]), None);
    }
    #[test]
    fn median_of_odd() {
        assert_eq!(median(&[5.0, 1.0, 3.0]), Some(3.0));
    }
    #[test]
    fn median_of_even() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
    }
    #[test]
    fn median_of_none() {
        assert_eq!(median(&[]), None);
    }
}
