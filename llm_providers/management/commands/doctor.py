import dataclasses
import json
import textwrap
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from llm_providers.diagnosis import Finding, State, diagnose

WIDTH = 100  # columns of a terminal


class Command(BaseCommand):
    help = "Tells what is wrong with this installation, and what to do. Exit status 1 when there is a fault."
    requires_system_checks = []  # they are among what is told

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = list(diagnose())
        counts = Counter(finding.state for finding in findings)
        faults, warnings = counts[State.FAULT], counts[State.WARNING]
        if options["json"]:
            told = [dataclasses.asdict(finding) for finding in findings]
            self.stdout.write(json.dumps({"faults": faults, "warnings": warnings, "findings": told}, indent=2))
        else:
            self.stdout.write(as_table(findings))
            self.stdout.write(f"\n{counted(faults, 'fault')}, {counted(warnings, 'warning')}.")
        if faults:
            raise CommandError(f"{counted(faults, 'fault')}.")


def as_table(findings: list[Finding]) -> str:
    width = max(len(finding.subject) for finding in findings)
    indent = " " * (len("warning  ") + width + 2)
    rows = []
    for finding in findings:
        start = f"{finding.state:7}  {finding.subject:{width}}  "
        told = f"{finding.message} {finding.remedy}".strip()
        rows.append(textwrap.fill(told, WIDTH, initial_indent=start, subsequent_indent=indent, break_on_hyphens=False))
    return "\n".join(rows)


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
