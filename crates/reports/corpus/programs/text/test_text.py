import pytest
from text import count_words, from_roman, render, shorten, slug, table, to_roman, wrap


@pytest.mark.parametrize("title,wanted", [("Hello World", "hello-world"), ("  A  b ", "a-b"), ("C3PO & R2", "c3po-r2")])
def test_slug(title, wanted):
    assert slug(title) == wanted


def test_slug_of_nothing():
    assert slug("!?") == ""


def test_wrap_short():
    assert wrap("a b c", 10) == ["a b c"]


def test_wrap_exact():
    assert wrap("ab cd ef", 5) == ["ab cd", "ef"]


def test_wrap_long_word():
    assert wrap("abcdefgh i", 4) == ["abcdefgh", "i"]


def test_wrap_nothing():
    assert wrap("", 4) == []


def test_render_one():
    assert render("hi {name}", {"name": "Ann"}) == "hi Ann"


def test_render_many():
    assert render("{a}{b}{a}", {"a": 1, "b": 2}) == "121"


def test_render_missing():
    with pytest.raises(LookupError, match="no value for name"):
        render("hi {name}", {})


@pytest.mark.parametrize("number,text", [(1, "I"), (4, "IV"), (9, "IX"), (14, "XIV"), (1994, "MCMXCIV"), (3999, "MMMCMXCIX")])
class TestRoman:
    def test_to(self, number, text):
        assert to_roman(number) == text

    def test_from(self, number, text):
        assert from_roman(text) == number


class TestRomanRange:
    def test_zero(self):
        with pytest.raises(ValueError):
            to_roman(0)

    def test_too_large(self):
        with pytest.raises(ValueError):
            to_roman(4000)

    def test_not_roman(self):
        with pytest.raises(ValueError):
            from_roman("XYZ")

    def test_round_trip(self):
        for number in range(1, 50):
            assert from_roman(to_roman(number)) == number


class TestTable:
    def test_widths(self):
        assert table([("a", "bb"), ("ccc", "d")]) == ["a   | bb", "ccc | d"]

    def test_numbers(self):
        assert table([(1, 22), (333, 4)]) == ["1   | 22", "333 | 4"]

    def test_one_column(self):
        assert table([("x",), ("yy",)]) == ["x", "yy"]


class TestCount:
    def test_words(self):
        assert count_words("a b a") == {"a": 2, "b": 1}

    def test_case(self):
        assert count_words("A a") == {"a": 2}

    def test_marks(self):
        assert count_words("end. End!") == {"end": 2}


class TestShorten:
    def test_short(self):
        assert shorten("abc", 3) == "abc"

    def test_long(self):
        assert shorten("abcdef", 4) == "abc…"

    def test_length(self):
        assert len(shorten("x" * 100, 10)) == 10
