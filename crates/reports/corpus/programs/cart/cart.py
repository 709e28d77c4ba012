"""A shopping cart: prices in cents, discounts, shipping, stock."""


class OutOfStock(Exception):
    pass


RATES = {"DE": 19, "FR": 20, "US": 0}


def net_total(lines):
    total = 0
    for price, count in lines:
        total += price * count
    return total


def discount(total, code):
    if code == "TEN":
        return total * 10 // 100
    if code == "FIVER" and total >= 2000:
        return 500
    return 0


def tax(total, country):
    return total * RATES[country] // 100


def shipping(total, weight):
    if total >= 5000:
        return 0
    if weight > 10:
        return 1500
    return 490


def format_price(cents):
    return "%d.%02d" % (cents // 100, cents % 100)


def parse_price(text):
    whole, _, part = text.partition(".")
    if not whole.isdigit():
        raise ValueError("not a price: %r" % text)
    return int(whole) * 100 + int(part or 0)


class Stock:
    def __init__(self, counts):
        self.counts = dict(counts)
        self.log = []

    def take(self, item, count):
        have = self.counts.get(item, 0)
        if have < count:
            raise OutOfStock("%s: %d wanted, %d there" % (item, count, have))
        self.counts[item] = have - count
        self.log.append((item, -count))

    def put(self, item, count):
        self.counts[item] = self.counts.get(item, 0) + count
        self.log.append((item, count))


class Cart:
    def __init__(self, stock):
        self.stock = stock
        self.lines = {}

    def add(self, item, price, count=1):
        self.stock.take(item, count)
        old = self.lines.get(item, (price, 0))
        self.lines[item] = (price, old[1] + count)

    def remove(self, item):
        price, count = self.lines.pop(item)
        self.stock.put(item, count)

    def total(self, country, code=None):
        net = net_total(self.lines.values())
        net = net - discount(net, code)
        return net + tax(net, country)
