"""Verifications and lists of models of what is stored or about to be, with their place in the trail.

A provider is never asked inside a transaction: what was read before is compared with what is there afterwards.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from llm_providers import audit, store
from llm_providers.models import AuditEvent, LLMProviderConfig, ModelList, Verification, prepared
from llm_providers.observability import metrics
from llm_providers.providers import PROVIDERS
from llm_providers.verification import limits, run
from llm_providers.verification.outcomes import Outcome, Verdict


class NotVerified(Exception):
    """The provider did not accept the credentials; nothing was saved."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"Nothing was saved. {verdict.message}")
        self.verdict = verdict


class NoModels(Exception):
    """The provider did not list its models."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.message)
        self.verdict = verdict


class ChangedWhileVerifying(Exception):
    """The configuration changed each time the provider was asked."""

    def __init__(self, provider: str) -> None:
        super().__init__(f"The configuration of {provider} keeps changing. Nothing was saved. Try again.")


def verify(provider: str, author: audit.Author) -> Verification:
    """Verify what is stored; raises NotConfigured, CredentialsUnreadable, TooOften and Busy."""
    config = store.find(provider)
    credentials = config.credentials
    verdict = _ask(provider, credentials, author)
    with transaction.atomic():
        _record(provider, verdict, author)
        found = LLMProviderConfig.objects.select_for_update().filter(pk=config.pk).first()
        if found is not None and found.readable and found.credentials == credentials:
            return _keep(found, verdict)
    return _verification(verdict, current=False)


def try_out(provider: str, credentials: Any, author: audit.Author) -> Verification:
    """Verify credentials that are not stored; raises ValidationError, TooOften and Busy."""
    cleaned = PROVIDERS.clean(provider, credentials)
    verdict = _ask(provider, cleaned, author)
    _record(provider, verdict, author)
    return _verification(verdict)


def create(provider: str, *, enabled: bool, credentials: Any, author: audit.Author) -> LLMProviderConfig:
    """As ``store.create``, of what the provider accepts; also raises NotVerified, TooOften and Busy."""
    if LLMProviderConfig.objects.filter(provider=provider).exists():
        raise store.AlreadyConfigured(provider)
    cleaned = PROVIDERS.clean(provider, credentials)
    verdict = _accepted(provider, cleaned, author)
    with transaction.atomic():
        config = store.create(provider, enabled=enabled, credentials=cleaned, author=author)
        _keep(config, verdict)
        _record(provider, verdict, author)
    return config


def update(provider: str, *, author: audit.Author, expected: store.Expected = None, **change: Any) -> LLMProviderConfig:
    """As ``store.update``, of what the provider accepts.

    Also raises NotVerified, TooOften, Busy, and ChangedWhileVerifying when a second try was in vain too.
    """
    for _try in range(2):
        config = store.find(provider, expected)
        credentials = _resulting(config, change)
        verdict = _accepted(provider, credentials, author)
        try:
            with transaction.atomic():
                saved = store.update(provider, author=author, expected={config.etag}, **change)
                _keep(saved, verdict)
                _record(provider, verdict, author)
        except store.ChangedMeanwhile:
            continue
        return saved
    raise ChangedWhileVerifying(provider)


def models_of(provider: str, author: audit.Author) -> ModelList:
    """The models that the stored credentials open, not older than some minutes.

    Raises NotConfigured, CredentialsUnreadable, NoModels, TooOften and Busy.
    """
    config = store.find(provider)
    credentials = config.credentials
    known = ModelList.objects.filter(config=config, version=config.version).first()
    if known and timezone.now() - known.fetched_at < settings.LLM_PROVIDERS_MODELS_LIFETIME:
        return known
    limits.count(provider, author)
    found = run.list_models(provider, credentials)
    outcome = found.outcome if isinstance(found, Verdict) else Outcome.VALID
    with transaction.atomic():
        audit.record(AuditEvent.Action.VERIFY, author, provider=provider, fields=["models", f"outcome={outcome}"])
        if not isinstance(found, Verdict):
            rows = [{"id": model.id, **({"name": model.name} if model.name else {})} for model in found]
            fetched = ModelList(config=config, version=config.version, rows=rows, fetched_at=timezone.now())
            current = LLMProviderConfig.objects.select_for_update().filter(pk=config.pk).first()
            if current and current.version == config.version:
                fetched.save()
    if isinstance(found, Verdict):
        raise NoModels(found)
    return fetched


def _ask(provider: str, credentials: Mapping[str, Any], author: audit.Author) -> Verdict:
    limits.count(provider, author)
    verdict = run.verify(provider, credentials)
    metrics.verifications.labels(provider, verdict.outcome).inc()
    return verdict


def _accepted(provider: str, credentials: Mapping[str, Any], author: audit.Author) -> Verdict:
    verdict = _ask(provider, credentials, author)
    if verdict.outcome is not Outcome.VALID:
        _record(provider, verdict, author)
        raise NotVerified(verdict)
    return verdict


def _resulting(config: LLMProviderConfig, change: Mapping[str, Any]) -> Mapping[str, Any]:
    """The credentials that a change would leave."""
    if change.get("credentials") is not None:
        return PROVIDERS.clean(config.provider, change["credentials"])
    if change.get("patch") is not None:
        return PROVIDERS.merge(config.provider, config.credentials, change["patch"])
    stored: Mapping[str, Any] = config.credentials
    return stored


def _verification(verdict: Verdict, *, current: bool = True) -> Verification:
    return Verification(verdict.outcome.value, verdict.message, verdict.field, timezone.now(), current)


def _keep(config: LLMProviderConfig, verdict: Verdict) -> Verification:
    """Keep it as the last one of what is stored."""
    verification = _verification(verdict)
    config.last_verification = verification.to_keep(config.credentials_version)
    prepared.update(config, ("last_verification",))
    return verification


def _record(provider: str, verdict: Verdict, author: audit.Author) -> None:
    audit.record(AuditEvent.Action.VERIFY, author, provider=provider, fields=[f"outcome={verdict.outcome}"])
