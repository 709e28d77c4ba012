//! Stack traces as the tools write them: which place, which function, which type a failure is known by.

use spectr_reports::causes::trace::Trace;

fn places(trace: &Trace) -> Vec<(&str, &str, u32)> {
    let own = trace.frames.iter().filter(|frame| frame.is_ours);
    own.map(|frame| (frame.file.as_str(), frame.function.as_str(), frame.line))
        .collect()
}

#[test]
fn the_short_frames_in_the_middle_of_a_pytest_trace_keep_their_functions_and_lines_of_code() {
    let stack = "
    def test_eol(self):
>       resolve(doc, \"/a/b\")

tests.py:59: 
_ _ _ _ _ _ _ _ _
pointer.py:125: in resolve
    return pointer.walk(doc)
_ _ _ _ _ _ _ _ _

self = <Pointer>, doc = [1]

    def walk(self, doc):
>       return doc[part]
E       TypeError: list indices must be integers or slices, not str

pointer.py:331: TypeError";
    let trace = Trace::read("", "TypeError: list indices", stack);
    let wanted = [
        ("pointer.py", "walk", 331),
        ("pointer.py", "resolve", 125),
        ("tests.py", "test_eol", 59),
    ];
    assert_eq!(places(&trace), wanted);
    assert_eq!(trace.source, "return doc[part]");
    assert_eq!(trace.frames[1].source, "return pointer.walk(doc)");
}

#[test]
fn what_python_raised_while_it_handled_something_else_is_the_failure() {
    let stack = "
    def load(key):
        try:
>           return cache[key]
E           KeyError: 'a'

shop.py:3: KeyError

During handling of the above exception, another exception occurred:

    def test_load():
>       load('a')

test_shop.py:9: 
_ _ _ _ _
shop.py:5: in load
    return fetch(key)
E   ValueError: no such item
shop.py:8: ValueError";
    let trace = Trace::read("", "ValueError: no such item", stack);
    assert_eq!(
        (trace.kind.as_str(), trace.message.as_str()),
        ("ValueError", "ValueError: no such item")
    );
}

#[test]
fn a_backtrace_of_rust_gives_functions_and_tells_a_closure_by_its_function() {
    let stack = "thread 'tests::adds' (7) panicked at /rustc/5980/library/core/src/char/methods.rs:403:9:
to_digit: invalid radix
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/5980/library/std/src/panicking.rs:689:5
   1: core::char::methods::<impl char>::to_digit
             at /rustc/5980/library/core/src/char/methods.rs:403:9
   2: shop::tokens
             at ./src/lib.rs:13:33
   3: shop::tests::adds
             at ./src/tests.rs:59:20
   4: shop::tests::adds::{{closure}}
             at ./src/tests.rs:58:28
   5: core::ops::function::FnOnce::call_once
             at /rustc/5980/library/core/src/ops/function.rs:250:5
note: Some details are omitted";
    let trace = Trace::read("test failure", "", stack);
    assert_eq!(
        places(&trace),
        [("lib.rs", "shop::tokens", 13), ("tests.rs", "shop::tests::adds", 59)]
    );
}

#[test]
fn the_place_of_a_panic_gets_its_function_from_the_backtrace_and_counts_once() {
    let stack = "panicked at src/lib.rs:89:9:
wrong number of cells
stack backtrace:
   0: core::panicking::panic_fmt
             at /rustc/5980/library/core/src/panicking.rs:80:14
   1: shop::Matrix::new
             at ./src/lib.rs:89:9
   2: shop::tests::turns
             at ./src/tests.rs:12:5";
    let trace = Trace::read("", "", stack);
    assert_eq!(
        places(&trace),
        [
            ("lib.rs", "shop::Matrix::new", 89),
            ("tests.rs", "shop::tests::turns", 12)
        ]
    );
}

#[test]
fn what_javascript_itself_calls_is_nobodys_code() {
    let stack = "TypeError: x is not a function
    at Array.map (<anonymous>)
    at total (/app/cart.js:7:12)
    at async Promise.all (index 0)
    at Object.<anonymous> (/app/cart.test.js:3:9)";
    let trace = Trace::read("", "", stack);
    assert_eq!(
        places(&trace),
        [("cart.js", "total", 7), ("cart.test.js", "Object.<anonymous>", 3)]
    );
}

#[test]
fn a_panic_in_go_is_no_expectation_that_was_not_met() {
    let panic = Trace::read("", "panic: assignment to entry in nil map [recovered]", "");
    assert_eq!(panic.kind, "panic");
    assert_eq!(Trace::read("", "shop_test.go:10: want 6", "").kind, "");
}
