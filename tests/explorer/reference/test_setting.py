"""Network and fault budgets as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.contract.setting import budget_of, budget_text, setting_of
from quorate.language.declare import Faults
from quorate.language.errors import UsageError
from quorate.language.loading.load import load
from quorate.language.values.state import Budget
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from quorate.language.declare import Order

MODEL = load(f"""{HEAD}
class Put(Message): pass
class Got(Message): pass
class Server(Process):
    @receive
    def on_put(self, m: Put, sender: Client) -> None: pass
class Client(Process):
    @receive
    def on_got(self, m: Got) -> None: pass
servers = Group(Server, 2)
spares = Group(Server, 1)
client = Client.single()
""")
ALL = frozenset({0, 1, 2, 3})


@pytest.mark.parametrize(
    ("given", "budget"),
    [
        (2, Budget(2, ALL)),
        ("2", Budget(2, ALL)),
        ("any", Budget(None, ALL)),
        ("ANY", Budget(None, ALL)),
        ("1 of spares", Budget(1, frozenset({2}))),
        ("any of Server", Budget(None, frozenset({0, 1, 2}))),
    ],
)
def test_a_budget_is_a_number_or_any_and_may_be_narrowed(given: int | str, budget: Budget) -> None:
    assert budget_of(MODEL, "crash", given) == budget
    assert budget_of(MODEL, "crash", budget_text(MODEL, budget)) == budget


@pytest.mark.parametrize(
    ("faults", "network", "capacity", "says"),
    [
        (Faults(crash="often"), "unordered", None, "`crash` cannot happen `often` times: write a number or `any`"),
        (Faults(crash=-1), "unordered", None, "`crash` cannot happen `-1` times"),
        (Faults(crash=True), "unordered", None, "`crash` cannot happen `True` times"),
        (
            Faults(cut="1 of server"),
            "unordered",
            None,
            "`cut`: `model` has no group or kind of process `server` (did you mean `Server`?)",
        ),
        (Faults(drop=1), "set", None, "`drop` means nothing on the network `set`"),
        (Faults(duplicate=1), "set", None, "`duplicate` means nothing on the network `set`"),
        (Faults(), "fife", None, "there is no network `fife` (did you mean `fifo`?)"),
        (Faults(), "fifo", 0, "a network has a capacity of at least one message, not 0"),
    ],
)
def test_what_makes_no_sense_is_refused(faults: Faults, network: Order, capacity: int | None, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        setting_of(MODEL, faults, network, capacity)
    assert str(caught.value).startswith(says)


def test_capacities_have_defaults_and_budgets_of_zero_are_left_out() -> None:
    assert [setting_of(MODEL, Faults(), n, None).capacity for n in ("unordered", "fifo", "set")] == [64, 16, 64]
    assert set(setting_of(MODEL, Faults(crash=0, drop=2), "fifo", 3).budgets) == {"drop"}


def test_links_are_the_pairs_that_can_carry_a_message() -> None:
    # a server hears clients only; a client hears everybody
    assert setting_of(MODEL, Faults(), "unordered", None).links == ((0, 3), (1, 3), (2, 3), (3, 0), (3, 1), (3, 2))
