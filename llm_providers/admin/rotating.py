"""Rotating a key from the pages: the new one in, the way back, and the end of the old one."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from rest_framework.exceptions import ValidationError

from llm_providers import rotation
from llm_providers.admin.form_page import FormPageAdmin
from llm_providers.admin.forms import CredentialsForm
from llm_providers.admin.pages import CHANGE, POLICY, RETIRE, ROTATE, UNDO, bare
from llm_providers.admin.policy_form import PolicyForm
from llm_providers.admin.rotate_form import RotateForm
from llm_providers.admin.rotation_card import card_of
from llm_providers.admin.verifying import PERMISSION
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import get_provider
from llm_providers.sealing import CredentialsUnreadable
from llm_providers.store import ChangedMeanwhile, NotConfigured
from llm_providers.verification.stored import ChangedWhileVerifying
from llm_providers.web.author import author_of

View = Callable[[HttpRequest, LLMProviderConfig], HttpResponse]


class RotationAdmin(FormPageAdmin):
    def get_urls(self) -> list[URLPattern]:
        views = {ROTATE: self.rotate_view, UNDO: self.undo_view, RETIRE: self.retire_view, POLICY: self.policy_view}
        own = [
            path(f"<path:object_id>/{name.rpartition('_')[2]}/", self.admin_site.admin_view(view), name=bare(name))
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def rotate_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.changing(request, object_id, self.rotate)

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.changing(request, object_id, self.undo)

    def policy_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.changing(request, object_id, self.policy)

    def retire_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then retire: there is no way back from it."""
        return self.changing(request, object_id, self.retire, asks=self.ask_to_retire)

    def changing(self, request: HttpRequest, object_id: str, does: View, asks: View | None = None) -> HttpResponse:
        """What a view of the card does for those who may; a GET only asks, or leads to the card."""
        config = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, config):
            raise PermissionDenied
        if config is None:
            return self.gone(request)
        asked = request.method != "POST"
        if asked and asks is None:
            return to_card(config)
        try:
            return asks(request, config) if asked and asks else does(request, config)
        except NotConfigured:
            return self.gone(request)
        except (ChangedMeanwhile, ChangedWhileVerifying):
            return self.too_late(request, config)

    def rotate(self, request: HttpRequest, config: LLMProviderConfig) -> HttpResponse:
        if "new-verify_first" in request.POST and not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        label = get_provider(config.provider).label
        try:
            form = RotateForm(config, request.POST, request.FILES)
            saved = form.save(author_of(request))
        except CredentialsUnreadable as error:
            messages.error(request, f"Nothing was rotated. {error}")
            return to_card(config)
        if not saved:
            return self.form_page(request, CredentialsForm(form.provider, config), rotate=form)
        if form.unchanged:
            messages.info(request, f"Nothing was rotated: this is the key of {label} that is stored already.")
        else:
            messages.success(request, f"The key of {label} is rotated: from now on everybody gets the new one.")
        if form.undated:
            messages.warning(request, "Somebody changed it right afterwards. See whether the day it expires is right.")
        return to_card(config)

    def undo(self, request: HttpRequest, config: LLMProviderConfig) -> HttpResponse:
        label = get_provider(config.provider).label
        try:
            saved = rotation.undo(config.provider, expected=sent_state(request), author=author_of(request))
        except (rotation.NothingToUndo, CredentialsUnreadable) as error:
            messages.error(request, str(error))
        except ValidationError:
            messages.error(request, "Nothing was undone: what is kept does not keep the rules of today.")
        else:
            text = f"Undone: the key of {label} from before is current again, as version {saved.credentials_version}."
            messages.success(request, text)
        return to_card(config)

    def ask_to_retire(self, request: HttpRequest, config: LLMProviderConfig) -> HttpResponse:
        card = card_of(config.provider)
        if card.previous is None:
            messages.info(request, f"Nothing is kept of a key of {card.label} before.")
            return to_card(config)
        title = f"Retire the {card.old} of {card.label}?"
        return self.page(request, "retire", card.config, title=title, card=card)

    def retire(self, request: HttpRequest, config: LLMProviderConfig) -> HttpResponse:
        label = get_provider(config.provider).label
        try:
            rotation.retire(config.provider, expected=sent_state(request), author=author_of(request))
        except rotation.NothingToRetire:
            messages.info(request, f"Nothing is kept any more of a key of {label} before.")
        else:
            messages.success(request, f"The key of {label} that was kept is forgotten.")
        return to_card(config)

    def policy(self, request: HttpRequest, config: LLMProviderConfig) -> HttpResponse:
        form = PolicyForm(config, request.POST)
        if not form.save(author_of(request)):
            return self.form_page(request, CredentialsForm(get_provider(config.provider), config), policy=form)
        messages.success(request, f"Owner and dates of the key of {get_provider(config.provider).label} are stored.")
        return to_card(config)

    def too_late(self, request: HttpRequest, config: LLMProviderConfig) -> HttpResponse:
        """The page that was sent showed another state: say who changed it; nothing was done."""
        current = self.get_object(request, str(config.pk))
        if current is None:
            return self.gone(request)
        label, author = get_provider(current.provider).label, current.updated_by or "somebody"
        messages.warning(
            request,
            f"Nothing was done now: {author} changed {label} at {current.updated_at:%H:%M:%S} UTC, after your page was"
            " made. See what is current, then decide again; a key has to be pasted again.",
        )
        return to_card(current)


def sent_state(request: HttpRequest) -> set[str]:
    """The entity tag of the state that the page showed."""
    return {request.POST.get("etag", "")}


def to_card(config: LLMProviderConfig) -> HttpResponse:
    """The whole page: what came of it is told at its top, and the card is the first thing below."""
    return redirect(CHANGE, config.pk)
