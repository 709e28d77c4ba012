import unittest

from units import Measure, UnitError, celsius, clock, convert, describe_heat, dimension, fahrenheit, parse_clock, size, split_measure


class ReadingTest(unittest.TestCase):
    def test_number_and_unit(self):
        self.assertEqual(split_measure("12cm"), (12.0, "cm"))

    def test_fraction(self):
        self.assertEqual(split_measure("1.5 kg"), (1.5, "kg"))

    def test_spaces(self):
        self.assertEqual(split_measure("  7 m "), (7.0, "m"))

    def test_without_unit(self):
        self.assertEqual(split_measure("42"), (42.0, ""))

    def test_without_number(self):
        with self.assertRaises(UnitError):
            split_measure("kg")

    def test_measure_is_parsed(self):
        self.assertEqual(Measure.parse("3 m").value, 3)

    def test_unknown_unit_is_refused(self):
        with self.assertRaisesRegex(UnitError, "unknown unit 'mile'"):
            Measure.parse("3mile")


class ConversionTest(unittest.TestCase):
    def test_dimensions(self):
        self.assertEqual(dimension("kg"), "mass")
        self.assertEqual(dimension("h"), "time")

    def test_down(self):
        self.assertEqual(convert(2, "m", "cm"), 200)

    def test_up(self):
        self.assertEqual(convert(1500, "g", "kg"), 1.5)

    def test_same(self):
        self.assertEqual(convert(5, "s", "s"), 5)

    def test_across(self):
        with self.assertRaises(UnitError):
            convert(1, "m", "kg")

    def test_of_measure(self):
        self.assertEqual(Measure(2, "h").to("min").value, 120)


class ArithmeticTest(unittest.TestCase):
    def test_sum(self):
        self.assertEqual((Measure(1, "m") + Measure(50, "cm")).value, 1.5)

    def test_sum_keeps_first_unit(self):
        self.assertEqual((Measure(50, "cm") + Measure(1, "m")).unit, "cm")

    def test_difference(self):
        self.assertEqual((Measure(2, "kg") - Measure(500, "g")).value, 1.5)

    def test_sum_across(self):
        with self.assertRaises(UnitError):
            Measure(1, "m") + Measure(1, "kg")

    def test_equal(self):
        self.assertTrue(Measure(100, "cm") == Measure(1, "m"))

    def test_not_equal(self):
        self.assertFalse(Measure(100, "cm") == Measure(100, "kg"))

    def test_less(self):
        self.assertTrue(Measure(90, "cm") < Measure(1, "m"))

    def test_not_less_than_equal(self):
        self.assertFalse(Measure(1, "m") < Measure(100, "cm"))


class PrintingTest(unittest.TestCase):
    def test_whole(self):
        self.assertEqual(str(Measure(3.0, "m")), "3 m")

    def test_fraction(self):
        self.assertEqual(str(Measure(1.5, "kg")), "1.5 kg")

    def test_sum_is_printed(self):
        self.assertEqual(str(Measure(1, "m") + Measure(100, "cm")), "2 m")

    def test_clock(self):
        self.assertEqual(clock(3661), "1:01:01")

    def test_clock_of_zero(self):
        self.assertEqual(clock(0), "0:00:00")

    def test_clock_before_the_hour(self):
        self.assertEqual(clock(3599), "0:59:59")

    def test_clock_is_read(self):
        self.assertEqual(parse_clock("1:01:01"), 3661)

    def test_minutes_are_read(self):
        self.assertEqual(parse_clock("02:30"), 150)

    def test_clock_round_trip(self):
        for seconds in (5, 65, 3605, 86399):
            self.assertEqual(parse_clock(clock(seconds)), seconds)


class HeatTest(unittest.TestCase):
    def test_freezing(self):
        self.assertEqual(celsius(32), 0)

    def test_boiling(self):
        self.assertEqual(celsius(212), 100)

    def test_back(self):
        self.assertEqual(fahrenheit(100), 212)

    def test_round_trip(self):
        self.assertEqual(fahrenheit(celsius(50)), 50)

    def test_words(self):
        self.assertEqual([describe_heat(it) for it in (-5, 10, 20, 30)], ["frost", "cool", "mild", "hot"])

    def test_word_at_zero(self):
        self.assertEqual(describe_heat(0), "frost")

    def test_word_at_eighteen(self):
        self.assertEqual(describe_heat(18), "mild")

    def test_word_at_twenty_five(self):
        self.assertEqual(describe_heat(25), "mild")


class SizeTest(unittest.TestCase):
    def test_bytes(self):
        self.assertEqual(size(999), "999 B")

    def test_kilobytes(self):
        self.assertEqual(size(1000), "1.0 KB")

    def test_megabytes(self):
        self.assertEqual(size(2500000), "2.5 MB")

    def test_nothing_beyond_gigabytes(self):
        self.assertEqual(size(5 * 10**12), "5000.0 GB")
