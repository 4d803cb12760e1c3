"""What the card about the rotation of a key says."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from django.conf import settings
from django.utils.timesince import timeuntil

from llm_providers import rotation
from llm_providers.admin import due
from llm_providers.admin.rotation_verdict import counted, verdict
from llm_providers.admin.verifying import ago
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers import get_provider
from llm_providers.rotation import Holding, Rotation

State = Literal["done", "now", "todo"]


@dataclass(frozen=True)
class Step:
    name: str
    title: str
    state: State

    @property
    def template(self) -> str:
        return f"llm_providers/admin/rotation/{self.name}.html"


class Line(NamedTuple):
    """A consumer as the page shows it."""

    holding: Holding
    seen: str


class Card:
    def __init__(self, config: LLMProviderConfig, known: Rotation) -> None:
        self.config = config
        self.known = known
        self.label = get_provider(config.provider).label
        self.previous = known.previous
        self.current_version = known.version
        self.next_version = config.version + 1
        self.kept_hours: int = settings.LLM_PROVIDERS_PREVIOUS_HOURS
        self.behind = [each for each in known.consumers if not each.current]
        # Also once nothing is kept any more: who still holds the old key fails when it is revoked.
        self.under_way = self.previous is not None or bool(self.behind)
        self.waiting = self.under_way and not known.safe_to_revoke
        self.undone = self._undone()
        self.old = "key that was taken back" if self.undone else "old key"
        self.verdict = verdict(known, self.held, self.old, under_way=self.under_way)
        self.badge = due.badge(config)
        self.due_says = due.said(config)
        self.age = ago(config.secrets_changed_at)
        self.kept_for = timeuntil(self.previous.kept_until, depth=1).replace("\xa0", " ") if self.previous else ""

    @property
    def summary(self) -> str:
        if not self.under_way:
            return f"Change the key of {self.label} without a gap, and with a way back, in five steps."
        if self.behind:
            return f"A rotation is under way: waiting for {len(self.behind)} of {counted(len(self.known.consumers))}."
        if self.waiting:
            return "A rotation is under way: nobody is known who uses the key."
        return f"A rotation is under way: the {self.old} may be revoked."

    def _undone(self) -> str:
        """Who took the last rotation back, if somebody did: the old key is current again."""
        if self.previous is None:
            return ""
        since = self.previous.replaced_at
        undone = AuditEvent.objects.filter(
            provider=self.config.provider, action=AuditEvent.Action.UNDO, created_at__gte=since
        ).last()
        if undone is None:
            return ""
        return (
            f"{undone.actor} undid the rotation {ago(since)}: the key from before is current again. What is kept now is"
            f" the key that was taken back, version {self.previous.version}. Make another one, and paste it."
        )

    @property
    def steps(self) -> list[Step]:
        begun = self.under_way and not self.undone
        waited: State = "todo" if not self.under_way else "now" if self.waiting else "done"
        ready: State = "now" if self.under_way and not self.waiting else "todo"
        return [
            Step("make", f"Make the new key at {self.label}", "done" if begun else "now"),
            Step("paste", "Paste it here, and have it verified", "done" if begun else "todo"),
            Step("wait", "Wait until every consumer holds it", waited),
            Step("revoke", f"Revoke the {self.old} at {self.label}", ready),
            Step("retire", f"Retire the {self.old} here", ready),
        ]

    @property
    def consumers(self) -> list[Line]:
        """Those that one waits for first."""
        holdings = sorted(self.known.consumers, key=lambda each: each.current)
        return [Line(each, ago(each.last_seen_at)) for each in holdings]

    @property
    def held(self) -> str:
        """The versions that have the present secrets: plain values may have changed since."""
        since = self.config.secrets_version
        return f"version {since}" if since == self.current_version else f"version {since} or later"


def card_of(provider: str) -> Card:
    """As it is now; raises NotConfigured."""
    return Card(*rotation.look(provider))
