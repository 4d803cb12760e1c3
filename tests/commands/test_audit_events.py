"""Old events are written out, and pruned; the trail tells of it."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from llm_providers import retention
from llm_providers.management.shell_user import shell_author, shell_user
from llm_providers.models import AuditEvent
from tests.client import API
from tests.trail import told

pytestmark = pytest.mark.django_db

NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def trail() -> list[int]:
    """Five days of 2020 and one of now, as ids."""
    return [told(NOON + timedelta(days=day), provider="openai") for day in range(5)] + [told(timezone.now())]


def command(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_what_is_older_is_pruned_and_the_trail_tells_of_it(trail: list[int]) -> None:
    assert command("prune_audit_events", "--before", "2020-01-04") == "3 events deleted.\n"
    pruned, *kept = AuditEvent.objects.all()
    assert [event.pk for event in reversed(kept)] == trail[3:]
    assert (pruned.action, pruned.actor, pruned.source) == ("prune", shell_user(), "command")
    assert pruned.fields == ["before=2020-01-04T00:00:00Z", "events=3"]


def test_a_moment_is_taken_too(trail: list[int]) -> None:
    assert command("prune_audit_events", "--before", "2020-01-01T14:00:00+01:00") == "1 event deleted.\n"
    assert not AuditEvent.objects.filter(pk=trail[0]).exists()


def test_a_dry_run_deletes_nothing(trail: list[int]) -> None:
    assert command("prune_audit_events", "--before", "2020-01-04", "--dry-run") == "3 events would be deleted.\n"
    assert AuditEvent.objects.count() == len(trail)


def test_where_nothing_is_old_nothing_is_told(trail: list[int]) -> None:
    assert command("prune_audit_events", "--before", "2019-01-01") == "0 events deleted.\n"
    assert AuditEvent.objects.count() == len(trail)


@pytest.mark.parametrize("arguments", [(), ("--dry-run",)])
def test_the_last_30_days_are_kept(trail: list[int], arguments: tuple[str, ...]) -> None:
    recent = f"{timezone.now() - timedelta(days=30) + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    with pytest.raises(CommandError) as refused:
        command("prune_audit_events", "--before", recent, *arguments)
    assert str(refused.value) == "--before must be at least 30 days ago: what happened since then is kept."
    assert AuditEvent.objects.count() == len(trail)


@pytest.mark.parametrize(
    "before", ["", "2020", "20200101", "2020-01-01T12:00:00", "yesterday", "9999-99-99", "2020-W01"]
)
def test_an_odd_day_is_refused_and_not_repeated(before: str) -> None:
    with pytest.raises(CommandError) as refused:
        command("prune_audit_events", f"--before={before}")
    assert str(refused.value) == (
        "--before takes a day, as in 2026-01-31, or a moment with its zone, as in 2026-01-31T08:00:00Z."
    )


def test_batches_that_are_cut_off_are_taken_up_again(trail: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    before = NOON + timedelta(days=4, hours=1)
    pruning = retention.prune(before, shell_author())
    assert next(pruning) == 2
    assert AuditEvent.objects.filter(created_at__lt=before).count() == 3
    assert list(retention.prune(before, shell_author())) == [2, 3]
    assert [event.fields[1] for event in AuditEvent.objects.filter(action="prune")] == ["events=3", "events=5"]


@pytest.mark.usefixtures("trail")
def test_who_prunes_while_another_does_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    before = NOON + timedelta(days=4, hours=1)
    first = retention.prune(before, shell_author())
    next(first)
    assert list(retention.prune(before, shell_author())) == [2, 3]
    assert list(first) == []


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_export_has_the_events_of_the_api_oldest_first(api: API, trail: list[int]) -> None:
    told(NOON, actor="ada\n\u2028", address="2001:db8::1", fields=["enabled=true"], request_id="r1")
    exported = events(command("export_audit_events"))
    answered = api.get("/v1/audit-events").json()["events"]
    assert exported == answered[::-1]
    assert len(exported) == len(trail) + 1


def test_an_export_is_bounded_by_moments(trail: list[int]) -> None:
    text = command("export_audit_events", "--since", "2020-01-02T12:00:00Z", "--until", "2020-01-04")
    assert [event["id"] for event in events(text)] == trail[1:3]


def test_an_export_goes_on_over_pages_and_moments_that_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    ids = [told(NOON + timedelta(days=day // 3)) for day in range(7)]
    assert [event["id"] for event in events(command("export_audit_events"))] == ids


def test_an_export_of_nothing_is_empty() -> None:
    assert command("export_audit_events") == ""


def test_an_export_into_a_file_overwrites_none(trail: list[int], tmp_path: Path) -> None:
    file = tmp_path / "trail.jsonl"
    assert command("export_audit_events", "--output", str(file)) == ""
    assert [event["id"] for event in events(file.read_text())] == trail
    with pytest.raises(CommandError) as refused:
        command("export_audit_events", "--output", str(file))
    assert str(refused.value) == "--output names a file that is there already: name another."
    assert [event["id"] for event in events(file.read_text())] == trail


def test_an_export_into_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        command("export_audit_events", "--output", str(tmp_path / "none" / "trail.jsonl"))
    assert str(refused.value) == "--output cannot be written: No such file or directory."
