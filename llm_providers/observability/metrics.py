"""What is counted, in Prometheus' words. No label holds anything that a client sent.

Where ``PROMETHEUS_MULTIPROC_DIR`` names a directory, as ``serve`` has it, all processes count together.
"""

from functools import cache

from prometheus_client import Counter, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

requests = Counter("llm_providers_requests", "Answers.", ["method", "route", "status"])
durations = Histogram("llm_providers_request_seconds", "How long answers took.", ["method", "route"], buckets=SECONDS)
verifications = Counter("llm_providers_verifications", "Providers asked about credentials.", ["provider", "outcome"])
deliveries = Counter("llm_providers_deliveries", "Credentials handed out over HTTP.", ["provider"])
lock_outs = Counter("llm_providers_lock_outs", "Counts of failed logins that reached their limit.")
refused_machines = Counter("llm_providers_refused_machines", "Machines that were not let in.", ["kind"])


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """Count an answer; ``route`` is the pattern that matched, never the path."""
    counter, histogram = _of(method, route, status)
    counter.inc()
    histogram.observe(seconds)


@cache  # as many as there are routes, methods and statuses
def _of(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return requests.labels(method, route, str(status)), durations.labels(method, route)
