"""What is stored, as metrics: looked at whenever somebody asks."""

import platform
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

import django
from django.db import Error, connection
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from llm_providers import VERSION, key_ring
from llm_providers.models import LLMProviderConfig

NOT_CURRENT = "none"  # never verified, or not since the credentials changed


class Stored(Collector):
    """Without the database there is only the word that it is away."""

    def collect(self) -> Iterator[Metric]:
        build = (VERSION, platform.python_version(), django.get_version())
        yield gauge("build_info", "What runs.", ["version", "python", "django"], [(build, 1)])
        try:
            found = [*configurations(), *sealed()]
        except Error:
            found = None
        finally:
            if not connection.in_atomic_block:
                connection.close()  # back to the pool: each question comes in a thread of its own
        yield gauge("database_up", "Whether the database can be asked.", [], [((), found is not None)])
        yield from found or []


def gauge(
    name: str, documentation: str, labels: Sequence[str], values: Sequence[tuple[Sequence[str], float]]
) -> GaugeMetricFamily:
    metric = GaugeMetricFamily(f"llm_providers_{name}", documentation, labels=labels)
    for label_values, value in values:
        metric.add_metric(label_values, value)
    return metric


def configurations() -> Iterator[Metric]:
    rows = list(LLMProviderConfig.objects.order_by("pk"))
    one = ["provider"]
    yield gauge(
        "configuration_enabled", "Whether it is switched on.", one, [((row.provider,), row.enabled) for row in rows]
    )
    yield gauge(
        "configuration_readable", "Whether a key opens it.", one, [((row.provider,), row.readable) for row in rows]
    )
    yield gauge(
        "configuration_verified",
        "The outcome of the last verification of these very credentials; none where there is none.",
        ["provider", "outcome"],
        [((row.provider, outcome_of(row)), 1) for row in rows],
    )
    yield gauge(
        "configuration_due", "Whether the key is due for rotation.", one, [((row.provider,), row.due) for row in rows]
    )
    now = timezone.now()
    yield gauge(
        "configuration_expires_in_days",
        "Days until the key expires, where it is known when.",
        one,
        [((row.provider,), (row.expires_at - now) / timedelta(days=1)) for row in rows if row.expires_at],
    )


def outcome_of(row: LLMProviderConfig) -> str:
    verification = row.verification
    return verification.outcome if verification and verification.current else NOT_CURRENT


def sealed() -> Iterator[Metric]:
    """How many ciphertexts each key of the ring made; those that no key opens are under ``none``."""
    ring = key_ring.key_ring()
    made = Counter(dict.fromkeys(ring.fingerprints, 0))
    for column in key_ring.look():
        made[ring.fingerprints[column.place - 1] if column.place else "none"] += 1
    values = [((fingerprint,), count) for fingerprint, count in made.items()]
    yield gauge("sealed", "Ciphertexts by the key that made them.", ["fingerprint"], values)
