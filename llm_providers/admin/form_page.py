"""The page of one configuration: its form, and the card about its rotation."""

from django.http import HttpRequest, HttpResponse

from llm_providers.admin.forms import CredentialsForm
from llm_providers.admin.pages import PagesAdmin
from llm_providers.admin.policy_form import PolicyForm
from llm_providers.admin.rotate_form import RotateForm
from llm_providers.admin.rotation_card import card_of
from llm_providers.admin.verifying import badge, set_by, verified_when
from llm_providers.store import NotConfigured


class FormPageAdmin(PagesAdmin):
    def form_page(
        self,
        request: HttpRequest,
        form: CredentialsForm,
        *,
        conflict: bool = False,
        rotate: RotateForm | None = None,
        policy: PolicyForm | None = None,
    ) -> HttpResponse:
        """``rotate`` and ``policy`` are the forms of the card that were sent and refused."""
        config = form.config
        verification = config.verification if config else None
        editable = config is None or self.has_change_permission(request, config)
        card = None
        if config:
            form.set_by = set_by(config)
            try:
                card = card_of(config.provider)
            except NotConfigured:
                return self.gone(request)
            if editable:
                rotate = rotate or (RotateForm(card.config) if card.config.readable else None)
                policy = policy or PolicyForm(card.config)
        return self.page(
            request,
            "form",
            config,
            title=form.provider.label if config else f"Add {form.provider.label}",
            provider=form.provider,
            form=form,
            conflict=conflict,
            verification=verification,
            verified=badge(verification),
            verified_when=verified_when(verification),
            editable=editable,
            card=card,
            rotate_form=rotate,
            policy_form=policy,
            refused=next((each for each in (form, rotate, policy) if each and each.is_bound and each.errors), None),
        )
