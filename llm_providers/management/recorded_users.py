"""Users that a command makes or changes are told in the trail."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.contrib.auth.models import User
from django.core.management import CommandError
from django.db import transaction
from django.db.models.signals import post_save, pre_save

from llm_providers import audit
from llm_providers.management.shell_user import shell_author
from llm_providers.models import AuditEvent


@contextmanager
def users_recorded() -> Iterator[None]:
    """Tell of each user who is made within, or whose password is changed, in the transaction that saves them.

    A save of somebody who exists counts as a change of the password. Django's commands ask and save in one method;
    while they ask no transaction is open, since it would hold up everybody else's. For a command alone in its process.
    """
    with ExitStack() as saving:

        def begin(instance: User, **_signal: Any) -> None:
            saving.enter_context(transaction.atomic())
            if instance.pk:
                take_all_but_the_password_from_the_database(instance)

        def tell(instance: User, created: bool, **_signal: Any) -> None:
            facts = {
                "created": created,
                "password": instance.has_usable_password(),
                "is_superuser": created and instance.is_superuser,
            }
            fields = [f"user {instance}", *(name for name, holds in facts.items() if holds)]
            audit.record(AuditEvent.Action.ACCOUNT, shell_author(), fields=fields)
            saving.close()

        pre_save.connect(begin, sender=User)
        post_save.connect(tell, sender=User)
        try:
            yield
        except EOFError:
            raise CommandError("It asks for a password: run it on a terminal.") from None
        finally:
            pre_save.disconnect(begin, sender=User)
            post_save.disconnect(tell, sender=User)


def take_all_but_the_password_from_the_database(user: User) -> None:
    """Whoever was locked or lost rights while somebody typed does not get them back by the save."""
    password = user.password
    try:
        user.refresh_from_db(from_queryset=User.objects.select_for_update())
    except User.DoesNotExist:
        raise CommandError("This user was deleted meanwhile.") from None
    user.password = password
