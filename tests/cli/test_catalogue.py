from __future__ import annotations

import re
from typing import TYPE_CHECKING

import quorate as package
from quorate.language.loading.load import shipped
from tests.cli.running import LOCK

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.running import Runner


def test_the_card_of_a_model(quorate: Runner, golden: Callable[[str, str], None]) -> None:
    ran = quorate("show", LOCK)
    assert ran.code == 0
    golden("show_lock.txt", re.sub(r"^(lock  ).*$", r"\1PATH", ran.out, count=1, flags=re.MULTILINE))


def test_a_card_shows_the_configuration_asked_for(quorate: Runner) -> None:
    ran = quorate("show", LOCK, "--set", "clients=3")
    assert "CLIENTS = 3" in ran.out
    assert "3 processes in `clients`" in ran.out


def test_every_shipped_model_is_listed_with_its_title(quorate: Runner) -> None:
    ran = quorate("list")
    assert ran.code == 0
    for name in shipped():
        assert re.search(rf"^  {name} +\w", ran.out, re.MULTILINE), name


def test_version(quorate: Runner) -> None:
    assert quorate("version").out.startswith(f"quorate {package.__version__} ")
