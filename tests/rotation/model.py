"""A rotation as the contract tells it, in a few lines, and the service beside it: both take the same steps."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from llm_providers import delivery, rotation, store
from llm_providers.audit import Author
from llm_providers.models import AuditEvent, Consumer, LLMProviderConfig
from tests.rotation.clock import Clock

GRACE = Author("grace", AuditEvent.Source.API)
MONTH, DAY, MINUTE = timedelta(days=30), timedelta(days=1), timedelta(minutes=1)
NAMES = ("billing", "search", "web")


@dataclass
class Program:
    """One consumer: what it was served and when, and what it holds, with its entity tag."""

    served: list[tuple[datetime, int]] = field(default_factory=list)
    etag: str = ""
    held: tuple[int, str] | None = None


class Model:
    def __init__(self, random: Random, clock: Clock) -> None:
        self.random, self.clock = random, clock
        self.current = (1, "sk-1")  # version and key
        self.previous: tuple[int, str] | None = None
        self.kept_until = clock.now
        self.programs = {name: Program() for name in NAMES}
        self.under_way: list[tuple[str, delivery.Delivery]] = []
        self.keys = 1
        self.steps: list[Any] = []
        store.create("openai", enabled=True, credentials={"api_key": "sk-1"}, author=GRACE)

    def step(self) -> None:
        """Take one at random, and compare."""
        step = self.random.choice(
            (self.ask, self.ask, self.hand_over, self.hand_over, self.rotate, self.undo, self.retire, self.wait)
        )
        self.steps.append(step.__name__)
        step()
        self.compare()

    def ask(self) -> None:
        """The service reads what is current; whatever happens next, it is not yet handed over."""
        name = self.random.choice(NAMES)
        prepared = delivery.prepare("openai", delivery.Asking(Consumer.Kind.USER, name))
        assert (prepared.config.credentials_version, prepared.credentials["api_key"]) == self.current
        self.under_way.append((name, prepared))

    def hand_over(self) -> None:
        """To one of those who asked: the credentials, or a 304."""
        if not self.under_way:
            return
        name, prepared = self.under_way.pop(self.random.randrange(len(self.under_way)))
        program, version = self.programs[name], prepared.config.credentials_version
        holds_it = program.etag == prepared.etag
        assert not holds_it or program.held == (version, prepared.credentials["api_key"])
        try:
            prepared.confirm() if holds_it else prepared.record(GRACE)
        except delivery.Overtaken:
            assert version != self.current[0]
            return
        assert prepared.known or version == self.current[0]  # nobody new to the service gets what was current before
        program.etag, program.held = prepared.etag, (version, prepared.credentials["api_key"])
        program.served.append((self.clock.now, version))

    def rotate(self) -> None:
        forget = self.random.random() < 0.1
        self.keys += 1
        key = f"sk-{self.keys}"
        config = store.update("openai", author=GRACE, patch={"api_key": key}, forget=forget)
        self.replace((config.version, key), kept=not forget)

    def replace(self, current: tuple[int, str], *, kept: bool = True) -> None:
        assert current[0] == self.current[0] + 1
        self.previous, self.current = self.current if kept else None, current
        self.kept_until = self.clock.now + DAY

    @property
    def kept(self) -> tuple[int, str] | None:
        return self.previous if self.clock.now < self.kept_until else None

    def undo(self) -> None:
        kept = self.kept
        try:
            config = rotation.undo("openai", author=GRACE)
        except rotation.NothingToUndo:
            assert kept is None
            return
        assert kept is not None
        assert config.credentials == {"api_key": kept[1]}
        self.replace((config.version, kept[1]))

    def retire(self) -> None:
        kept = self.kept
        try:
            rotation.retire("openai", author=GRACE)
        except rotation.NothingToRetire:
            assert kept is None
        else:
            assert kept is not None
        self.previous = None
        assert LLMProviderConfig.objects.get().sealed_previous_credentials is None

    def wait(self) -> None:
        """No answer takes so long: who asked gets it first."""
        while self.under_way:
            self.hand_over()
        self.clock.now += self.random.choice((timedelta(seconds=20), MINUTE, DAY / 3, DAY, 10 * DAY, MONTH - MINUTE))

    def compare(self) -> None:
        told = rotation.find("openai")
        kept = self.kept
        assert told.version == self.current[0]
        assert (told.previous and told.previous.version) == (kept and kept[0])
        assert told.safe_to_revoke is not True or not self.behind(), self.steps
        seen = [each for each in self.programs.values() if each.served and self.age(each.served[-1][0]) <= MONTH]
        if not any(self.age(at) <= MONTH + 2 * MINUTE for each in self.programs.values() for at, _ in each.served):
            assert told.safe_to_revoke is None, self.steps
        if seen and all(version == self.current[0] for each in self.programs.values() for _, version in each.served):
            assert told.safe_to_revoke is True, self.steps

    def behind(self) -> list[str]:
        """Who was served an older version in the last 30 days and has not been served the current one."""
        current = self.current[0]
        return [
            name
            for name, program in self.programs.items()
            if any(version < current and self.age(at) <= MONTH for at, version in program.served)
            and all(version != current for _, version in program.served)
        ]

    def age(self, moment: datetime) -> timedelta:
        return self.clock.now - moment
