"""The figures as tables for a reader, or as JSON."""

import dataclasses
import json

from django.db import connection

from bench.in_process import Figures
from bench.load import Load

# Goals: the ratio on SQLite, on PostgreSQL, and statements at most.
GOALS = {
    "get one": (8, 12, 2),
    "get one, of a machine": (8, 12, 2),
    "get one, of a limited one": (8, 12, 2),
    "get one, 304": (8, 12, 2),
    "list of seven": (10, 14, 2),
    "status": (9, 13, 2),
    "audit page of 50": (20, 26, 2),
    "PATCH of a secret": (25, 34, 6),
    "create": (25, 32, 5),
    "its 409": (14, 23, 4),
    "401": (5, 5, 0),
    "healthz": (3, 3, 0),
    "delivery": (18, 20, 5),
    "delivery, 304": (9, 13, 2),
}


def goal(name: str) -> float:
    return GOALS[name][0 if connection.vendor == "sqlite" else 1]


def as_tables(
    figures: dict[str, Figures],
    loads: dict[tuple[str, int], Load],
    memory: list[dict[str, float]],
    first: float,
) -> str:
    lines = [
        f"{connection.vendor}, in process: times a bare view, in all and in processor time",
        f"{'request':26} {'ratio':>6} {'goal':>5} {'CPU':>6} {'ms':>7} {'SQL':>4} {'at most':>8}",
    ]
    for name, (_sqlite, _postgresql, most) in GOALS.items():
        if name not in figures:
            lines.append(f"{name:26} {'-':>6} {goal(name):5} {'-':>6} {'-':>7} {'-':>4} {most:8}")
            continue
        each = figures[name]
        missed = each.ratio > goal(name) or each.statements > most
        lines.append(
            f"{name:26} {each.ratio:6.1f} {goal(name):5} {each.processor:6.1f} {each.milliseconds:7.2f}"
            f" {each.statements:4} {most:8}{'  missed' * missed}"
        )
    lines += [
        "",
        f"{connection.vendor}, over the network: 2 workers, milliseconds",
        f"{'request':26} {'connections':>11} {'/s':>7} {'p50':>7} {'p95':>7} {'p99':>7} {'CPU':>6} {'refused':>7}",
    ]
    lines += [
        f"{name:26} {connections:11} {seen.per_second:7.0f} {seen.p50:7.2f} {seen.p95:7.2f} {seen.p99:7.2f}"
        f" {seen.processor:6.2f} {seen.refused:7}"
        for (name, connections), seen in loads.items()
    ]
    workers = ", ".join(f"{each['rss_mib']:.0f} ({each['pss_mib']:.0f})" for each in memory)
    return "\n".join(
        [*lines, "", f"memory of each worker, RSS (PSS): {workers} MiB; first answer after {first:.1f} s\n"]
    )


def as_json(
    figures: dict[str, Figures],
    loads: dict[tuple[str, int], Load],
    memory: list[dict[str, float]],
    first: float,
) -> str:
    return json.dumps(
        {
            "database": connection.vendor,
            "in_process": {
                name: {**dataclasses.asdict(each), "goal": goal(name), "statements_at_most": GOALS[name][2]}
                for name, each in figures.items()
            },
            "over_network": [
                {"request": name, "connections": connections, **dataclasses.asdict(seen)}
                for (name, connections), seen in loads.items()
            ],
            "workers": memory,
            "seconds_to_first_answer": first,
        }
    )
