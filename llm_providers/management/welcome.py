"""What a start tells whoever started it."""

import json
import secrets
import shlex
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import OutputWrapper

from llm_providers.management.commands.issue_token import access_token
from llm_providers.management.recorded_users import users_recorded
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import get_provider

WHERE = """
Documentation  {url}/docs
Admin          {url}/admin/
"""
BEHIND_A_PROXY = """
HTTPS is on: a proxy is expected in front of {listening}, which ends TLS, sets
X-Forwarded-Proto and is counted in TRUSTED_PROXY_COUNT (now {proxies}). Without one, set HTTPS=false.
"""
FIRST_USER = """
The first user is admin, the password {password}
It is shown only now. Change it in the admin: {url}/admin/password_change/
"""
TRY_IT = """
Store a first configuration (the token is valid for one hour):

curl -X POST {url}/v1/llm-providers \\
  -H 'Authorization: Bearer {token}' \\
  -H 'Content-Type: application/json' \\
  -d {body}
"""

SEE_IT = """
See what is stored (the token is valid for one hour):

curl {url}/v1/llm-providers \\
  -H 'Authorization: Bearer {token}'
"""


def welcome(out: OutputWrapper, listening: str) -> None:
    """Tell where things are. Make a first user where there is none, and tell the password this once.

    A token is told to a terminal, and with a first user; what is printed later may be kept as a log.
    """
    url = f"https://{public_host()}" if settings.HTTPS else listening
    out.write(WHERE.format(url=url).rstrip())
    if settings.HTTPS:
        out.write(BEHIND_A_PROXY.format(listening=listening, proxies=settings.TRUSTED_PROXY_COUNT).rstrip())
    users = get_user_model().objects
    first = not users.exists()
    if first:
        password = secrets.token_urlsafe(18)
        with users_recorded():
            users.create_superuser(username="admin", password=password)
        out.write(FIRST_USER.format(url=url, password=password).rstrip())
    user = users.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if user is not None and (first or out.isatty()):
        token = access_token(user, timedelta(hours=1))
        request = SEE_IT if LLMProviderConfig.objects.exists() else TRY_IT  # a second first one would be a 409
        out.write(request.format(url=url, token=token, body=shlex.quote(example_request())))


def public_host() -> str:
    """The first name that the service may be reached under."""
    names = [host.removeprefix(".") for host in settings.ALLOWED_HOSTS if host != "*"]
    return names[0] if names else "localhost"


def example_request() -> str:
    return json.dumps({"provider": "openai", "enabled": True, "credentials": get_provider("openai").example})
