"""Measures: read, converted, compared, printed. Changed by make.py, one line at a time."""

FACTORS = {
    "mm": ("length", 1),
    "cm": ("length", 10),
    "m": ("length", 1000),
    "g": ("mass", 1),
    "kg": ("mass", 1000),
    "s": ("time", 1),
    "min": ("time", 60),
    "h": ("time", 3600),
}


class UnitError(ValueError):
    """Units that are not known or do not belong together."""


def split_measure(text):
    text = text.strip()
    at = 0
    while at < len(text) and (text[at].isdigit() or text[at] == "."):
        at += 1
    if at == 0:
        raise UnitError("no number in " + repr(text))
    return float(text[:at]), text[at:].strip()


def dimension(unit):
    if unit not in FACTORS:
        raise UnitError("unknown unit " + repr(unit))
    return FACTORS[unit][0]


def convert(value, source, target):
    if dimension(source) != dimension(target):
        raise UnitError(source + " is no " + target)
    return value * FACTORS[source][1] / FACTORS[target][1]


class Measure:
    def __init__(self, value, unit):
        dimension(unit)
        self.value = value
        self.unit = unit

    @classmethod
    def parse(cls, text):
        value, unit = split_measure(text)
        return cls(value, unit)

    def to(self, unit):
        return Measure(convert(self.value, self.unit, unit), unit)

    def __add__(self, other):
        return Measure(self.value + other.to(self.unit).value, self.unit)

    def __sub__(self, other):
        return Measure(self.value - other.to(self.unit).value, self.unit)

    def __lt__(self, other):
        return self.value < other.to(self.unit).value

    def __eq__(self, other):
        return dimension(self.unit) == dimension(other.unit) and self.value == other.to(self.unit).value

    def __str__(self):
        number = int(self.value) if self.value == int(self.value) else self.value
        return f"{number} {self.unit}"


def clock(seconds):
    hours, rest = seconds // 3600, seconds % 3600
    minutes, rest = rest // 60, rest % 60
    return f"{hours}:{minutes:02}:{rest:02}"


def parse_clock(text):
    total = 0
    for part in text.split(":"):
        total = total * 60 + int(part)
    return total


def celsius(fahrenheit):
    return (fahrenheit - 32) * 5 / 9


def fahrenheit(celsius):
    return celsius * 9 / 5 + 32


def describe_heat(degrees):
    if degrees <= 0:
        return "frost"
    if degrees < 18:
        return "cool"
    if degrees <= 25:
        return "mild"
    return "hot"


def size(count):
    names = ["B", "KB", "MB", "GB"]
    at = 0
    while count >= 1000 and at < len(names) - 1:
        count = count / 1000
        at += 1
    return f"{count:.1f} {names[at]}" if at > 0 else f"{count} B"
