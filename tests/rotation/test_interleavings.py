"""Whatever comes after whatever: nobody is told that a key may go which somebody may still hold."""

from random import Random

import pytest
from django.db import transaction

from tests.rotation.clock import Clock
from tests.rotation.model import Model

pytestmark = pytest.mark.django_db

STEPS = 16


@pytest.mark.parametrize("interleavings", [150, pytest.param(10_000, marks=pytest.mark.torture)])
def test_it_is_never_safe_while_somebody_is_behind(interleavings: int, clock: Clock) -> None:
    started, told = clock.now, 0
    for seed in range(interleavings):
        clock.now = started
        with transaction.atomic():
            model = Model(Random(seed), clock)
            for _step in range(STEPS):
                model.step()
            told += bool(model.behind())
            transaction.set_rollback(True)
    assert told > interleavings / 10  # it was worth asking
