"""Accounts of a small bank, in cents. Changed by make.py, one line at a time."""


class NotEnough(Exception):
    """More was asked for than there is."""


class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.entries = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("an amount is positive")
        self.balance += amount
        self.entries.append(("in", amount))

    def withdraw(self, amount, credit=0):
        if amount <= 0:
            raise ValueError("an amount is positive")
        if amount > self.balance + credit:
            raise NotEnough(self.owner)
        self.balance -= amount
        self.entries.append(("out", amount))


def transfer(source, target, amount):
    fee = transfer_fee(amount)
    source.withdraw(amount + fee)
    target.deposit(amount)
    return fee


def transfer_fee(amount):
    if amount < 1000:
        return 0
    fee = amount // 200
    return min(fee, 500)


def interest(balance, rate, years):
    for _ in range(years):
        balance = balance + balance * rate // 100
    return balance


def monthly_rate(loan, months):
    rate = loan // months
    rest = loan - rate * months
    return [rate + 1] * rest + [rate] * (months - rest)


def is_valid_number(number):
    digits = [int(it) for it in number if it.isdigit()]
    if len(digits) < 8:
        return False
    total = 0
    for position, digit in enumerate(reversed(digits)):
        if position % 2 == 1:
            digit = digit * 2
            if digit > 9:
                digit = digit - 9
        total += digit
    return total % 10 == 0


def mask(number):
    hidden = len(number) - 4
    return "*" * hidden + number[hidden:]


def group_number(number):
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def statement(account):
    lines = []
    balance = 0
    for kind, amount in account.entries:
        sign = "+" if kind == "in" else "-"
        balance += amount if kind == "in" else -amount
        lines.append(f"{sign}{amount} = {balance}")
    return lines


def richest(accounts):
    best = None
    for account in accounts:
        if best is None or account.balance > best.balance:
            best = account
    return best


def split_bill(total, people):
    if people <= 0:
        raise ValueError("nobody pays")
    share, rest = total // people, total % people
    return [share + 1 if at < rest else share for at in range(people)]
