import pytest

import bank
from bank import Account, NotEnough


@pytest.fixture
def ann():
    return Account("ann", 10000)


@pytest.fixture
def bob():
    return Account("bob")


def test_a_deposit_adds_up(ann):
    ann.deposit(500)
    assert ann.balance == 10500


def test_two_deposits(bob):
    bob.deposit(100)
    bob.deposit(250)
    assert bob.balance == 350


def test_a_deposit_is_positive(bob):
    with pytest.raises(ValueError):
        bob.deposit(0)


def test_the_smallest_deposit(bob):
    bob.deposit(1)
    assert bob.balance == 1


def test_a_withdrawal_takes_away(ann):
    ann.withdraw(4000)
    assert ann.balance == 6000


def test_everything_can_be_withdrawn(ann):
    ann.withdraw(10000)
    assert ann.balance == 0


def test_too_much_is_refused(ann):
    with pytest.raises(NotEnough):
        ann.withdraw(10001)


def test_credit_allows_more(bob):
    bob.withdraw(50, credit=100)
    assert bob.balance == -50


def test_credit_ends(bob):
    with pytest.raises(NotEnough):
        bob.withdraw(101, credit=100)


@pytest.mark.parametrize("amount, fee", [(999, 0), (1000, 5), (20000, 100), (500000, 500)])
def test_fees(amount, fee):
    assert bank.transfer_fee(amount) == fee


def test_a_small_transfer_is_free(ann, bob):
    assert bank.transfer(ann, bob, 900) == 0
    assert (ann.balance, bob.balance) == (9100, 900)


def test_a_large_transfer_costs(ann, bob):
    bank.transfer(ann, bob, 2000)
    assert ann.balance == 7990
    assert bob.balance == 2000


def test_a_transfer_needs_the_fee_too(ann, bob):
    with pytest.raises(NotEnough):
        bank.transfer(ann, bob, 10000)


def test_interest_of_one_year():
    assert bank.interest(10000, 5, 1) == 10500


def test_interest_of_two_years():
    assert bank.interest(10000, 10, 2) == 12100


def test_no_interest():
    assert bank.interest(10000, 0, 9) == 10000


def test_rates_of_a_loan():
    assert bank.monthly_rate(1200, 12) == [100] * 12


def test_rates_with_a_rest():
    assert bank.monthly_rate(10, 4) == [3, 3, 2, 2]


def test_rates_add_up():
    assert sum(bank.monthly_rate(9999, 7)) == 9999


@pytest.mark.parametrize("number", ["4539 1488 0343 6467", "8273 1232 7352 0562", "0000 0000"])
def test_valid_numbers(number):
    assert bank.is_valid_number(number)


@pytest.mark.parametrize("number", ["8273 1232 7352 0569", "1234", "4539148803436468"])
def test_invalid_numbers(number):
    assert not bank.is_valid_number(number)


def test_a_number_is_masked():
    assert bank.mask("12345678") == "****5678"


def test_a_short_number_is_not_masked():
    assert bank.mask("5678") == "5678"


def test_numbers_are_grouped():
    assert bank.group_number("1234567890") == "1234 5678 90"


def test_a_short_number_is_one_group():
    assert bank.group_number("123") == "123"


def test_a_statement(bob):
    bob.deposit(300)
    bob.withdraw(100)
    assert bank.statement(bob) == ["+300 = 300", "-100 = 200"]


def test_an_empty_statement(bob):
    assert bank.statement(bob) == []


def test_the_statement_of_a_transfer(ann, bob):
    bank.transfer(ann, bob, 2000)
    assert bank.statement(ann) == ["-2010 = -2010"]
    assert bank.statement(bob) == ["+2000 = 2000"]


def test_the_richest(ann, bob):
    assert bank.richest([bob, ann]) is ann


def test_the_first_of_equals_is_the_richest(bob):
    assert bank.richest([bob, Account("eve")]) is bob


def test_nobody_is_richest():
    assert bank.richest([]) is None


def test_an_even_bill():
    assert bank.split_bill(900, 3) == [300, 300, 300]


def test_an_odd_bill():
    assert bank.split_bill(1001, 3) == [334, 334, 333]


def test_nobody_pays():
    with pytest.raises(ValueError, match="nobody"):
        bank.split_bill(100, 0)
