import pytest
from cart import Cart, OutOfStock, Stock, discount, format_price, net_total, parse_price, shipping, tax


@pytest.fixture
def stock():
    return Stock({"pen": 10, "book": 3})


@pytest.fixture
def cart(stock):
    return Cart(stock)


class TestNet:
    def test_empty(self):
        assert net_total([]) == 0

    def test_one_line(self):
        assert net_total([(250, 2)]) == 500

    def test_many_lines(self):
        assert net_total([(250, 2), (100, 3)]) == 800

    @pytest.mark.parametrize("count", [1, 5, 9])
    def test_counts(self, count):
        assert net_total([(100, count)]) == 100 * count


class TestDiscount:
    def test_ten_percent(self):
        assert discount(1000, "TEN") == 100

    def test_ten_percent_rounds_down(self):
        assert discount(1009, "TEN") == 100

    def test_fiver(self):
        assert discount(2500, "FIVER") == 500

    def test_fiver_at_the_limit(self):
        assert discount(2000, "FIVER") == 500

    def test_fiver_needs_twenty(self):
        assert discount(1999, "FIVER") == 0

    def test_unknown_code(self):
        assert discount(1000, "NOPE") == 0


class TestTax:
    @pytest.mark.parametrize("country,wanted", [("DE", 190), ("FR", 200), ("US", 0)])
    def test_rates(self, country, wanted):
        assert tax(1000, country) == wanted

    def test_unknown_country(self):
        with pytest.raises(KeyError):
            tax(1000, "XX")


class TestShipping:
    def test_free_from_fifty(self):
        assert shipping(5000, 1) == 0

    def test_small(self):
        assert shipping(1000, 1) == 490

    def test_heavy(self):
        assert shipping(1000, 11) == 1500

    def test_ten_kilos_are_not_heavy(self):
        assert shipping(1000, 10) == 490

    def test_heavy_but_free(self):
        assert shipping(9000, 50) == 0


class TestPrices:
    @pytest.mark.parametrize("cents,text", [(0, "0.00"), (5, "0.05"), (1999, "19.99")])
    def test_format(self, cents, text):
        assert format_price(cents) == text

    @pytest.mark.parametrize("text,cents", [("1", 100), ("19.99", 1999), ("0.05", 5)])
    def test_parse(self, text, cents):
        assert parse_price(text) == cents

    def test_bad_price(self):
        with pytest.raises(ValueError):
            parse_price("abc")

    def test_round_trip(self):
        assert parse_price(format_price(4321)) == 4321


class TestStock:
    def test_take(self, stock):
        stock.take("pen", 4)
        assert stock.counts["pen"] == 6

    def test_take_all(self, stock):
        stock.take("book", 3)
        assert stock.counts["book"] == 0

    def test_take_too_many(self, stock):
        with pytest.raises(OutOfStock):
            stock.take("book", 4)

    def test_take_unknown(self, stock):
        with pytest.raises(OutOfStock, match="1 wanted, 0 there"):
            stock.take("gum", 1)

    def test_put(self, stock):
        stock.put("pen", 5)
        assert stock.counts["pen"] == 15

    def test_put_new(self, stock):
        stock.put("gum", 2)
        assert stock.counts["gum"] == 2

    def test_log(self, stock):
        stock.take("pen", 1)
        stock.put("pen", 2)
        assert stock.log == [("pen", -1), ("pen", 2)]


class TestCart:
    def test_add(self, cart):
        cart.add("pen", 100, 2)
        assert cart.lines == {"pen": (100, 2)}

    def test_add_twice(self, cart):
        cart.add("pen", 100)
        cart.add("pen", 100, 2)
        assert cart.lines["pen"] == (100, 3)

    def test_add_takes_from_stock(self, cart, stock):
        cart.add("pen", 100, 2)
        assert stock.counts["pen"] == 8

    def test_remove_puts_back(self, cart, stock):
        cart.add("book", 900, 3)
        cart.remove("book")
        assert stock.counts["book"] == 3
        assert cart.lines == {}

    def test_too_many(self, cart):
        with pytest.raises(OutOfStock):
            cart.add("book", 900, 4)

    def test_total(self, cart):
        cart.add("book", 1000, 2)
        assert cart.total("DE") == 2380

    def test_total_with_code(self, cart):
        cart.add("book", 1000, 2)
        assert cart.total("US", "TEN") == 1800

    def test_total_with_tax_and_code(self, cart):
        cart.add("book", 1000, 2)
        assert cart.total("FR", "FIVER") == 1800
