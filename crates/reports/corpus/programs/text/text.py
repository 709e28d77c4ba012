"""Small text tools: slugs, wrapping, templates, tables, roman numbers."""
import re


def slug(title):
    words = re.findall(r"[a-z0-9]+", title.lower())
    return "-".join(words)


def wrap(text, width):
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = word if not line else line + " " + word
    if line:
        lines.append(line)
    return lines


def render(template, values):
    def value(match):
        name = match.group(1)
        if name not in values:
            raise LookupError("no value for %s" % name)
        return str(values[name])

    return re.sub(r"\{(\w+)\}", value, template)


def to_roman(number):
    if number <= 0 or number >= 4000:
        raise ValueError("out of range: %d" % number)
    out = ""
    for value, sign in ROMAN:
        while number >= value:
            out += sign
            number -= value
    return out


ROMAN = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]


def from_roman(text):
    total, at = 0, 0
    for value, sign in ROMAN:
        while text.startswith(sign, at):
            total += value
            at += len(sign)
    if at != len(text):
        raise ValueError("not a roman number: " + text)
    return total


def table(rows):
    widths = [max(len(str(cell)) for cell in column) for column in zip(*rows)]
    lines = []
    for row in rows:
        cells = [str(cell).ljust(width) for cell, width in zip(row, widths)]
        lines.append(" | ".join(cells).rstrip())
    return lines


def count_words(text):
    counts = {}
    for word in text.lower().split():
        word = word.strip(".,;!?")
        counts[word] = counts.get(word, 0) + 1
    return counts


def shorten(text, most):
    if len(text) <= most:
        return text
    return text[: most - 1] + "…"
