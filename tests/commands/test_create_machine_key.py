from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from llm_providers import machine_keys
from llm_providers.management.shell_user import shell_user
from llm_providers.models import AuditEvent, Machine, MachineKey

pytestmark = pytest.mark.django_db


def create_machine_key(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("create_machine_key", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as refused:
        create_machine_key(*arguments)
    return str(refused.value)


def told() -> list[tuple[str, str, str, list[str]]]:
    return [(event.actor, event.source, event.action, event.fields) for event in AuditEvent.objects.order_by("id")]


def test_a_key_of_a_machine_is_printed_and_nothing_else() -> None:
    Machine.objects.create(name="billing", permissions=["use"])
    out, err = create_machine_key("billing")
    key = machine_keys.parse(out.removesuffix("\n"))
    kept = MachineKey.objects.get()
    assert (out, err) == (f"{key.text}\n", "")
    assert (kept.id, kept.digest, kept.machine.name, kept.created_by) == (key.id, key.digest, "billing", shell_user())
    assert (kept.expires_at - kept.created_at).days in (89, 90)
    assert told() == [(shell_user(), "command", "machine_key", ["machine billing", f"key {key.id}", "issued"])]


def test_a_machine_that_does_not_exist_is_made_when_it_is_said_what_it_may_do() -> None:
    out, _err = create_machine_key(
        *("billing", "--permission", "use", "--permission", "view"),
        *("--provider", "azure", "--provider", "openai", "--owner", "ml-platform", "--days", "30"),
    )
    machine = Machine.objects.get()
    assert (machine.name, machine.owner, machine.permissions, machine.providers, machine.enabled) == (
        "billing",
        "ml-platform",
        ["view", "use"],
        ["openai", "azure"],
        True,
    )
    key = machine.keys.get()
    assert key.id == machine_keys.parse(out.strip()).id
    assert (key.expires_at - key.created_at).days in (29, 30)
    assert [event[2:] for event in told()] == [
        ("machine", ["machine billing", "created", "enabled=true", "owner", "permissions", "providers"]),
        ("machine_key", ["machine billing", f"key {key.id}", "issued"]),
    ]


def test_a_machine_may_be_made_for_all_providers() -> None:
    create_machine_key("billing", "--permission", "use", "--all-providers")
    assert Machine.objects.get().providers is None


def test_a_machine_that_does_not_exist_is_not_made_by_a_typing_error() -> None:
    assert refusal("biling") == (
        "There is no machine of this name. To make one with its key, say what it may do and with which providers, for "
        "example --permission use --provider openai."
    )
    assert not Machine.objects.exists()


def test_a_machine_that_exists_is_not_changed() -> None:
    Machine.objects.create(name="billing")
    assert refusal("billing", "--permission", "use") == (
        "There is a machine of this name already, and a key is all that is made here for one. Leave out --permission, "
        "--provider, --all-providers and --owner, or change the machine in the admin."
    )
    assert Machine.objects.get().permissions == []
    assert (MachineKey.objects.count(), told()) == (0, [])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--days", "0"), "expires_in_days: Send a whole number from 1 to 366."),
        (("--days", "367"), "expires_in_days: Send a whole number from 1 to 366."),
        (
            ("--permission", "manage_machine"),
            "permissions: Choose one of: view, add, change, delete, verify, use, view_audit.",
        ),
        (
            ("--provider", "nope"),
            "providers: Choose one of: openai, anthropic, google, google-vertex, azure, amazon-bedrock, xai.",
        ),
    ],
)
def test_what_breaks_a_rule_makes_nothing(arguments: tuple[str, ...], sentence: str) -> None:
    assert refusal("billing", *arguments) == sentence
    assert (Machine.objects.count(), told()) == (0, [])


def test_a_name_that_no_machine_can_have_is_told_like_one() -> None:
    assert refusal("Billing", "--permission", "use") == "name: Send 1 to 63 of a-z, 0-9 and hyphen."
    assert refusal("Billing").startswith("There is no machine of this name.")


def test_a_key_of_a_disabled_machine_comes_with_a_word_on_it() -> None:
    Machine.objects.create(name="billing", enabled=False)
    out, err = create_machine_key("billing")
    assert machine_keys.parse(out.strip()).id
    assert err == "The machine is disabled: its keys are refused until it is enabled.\n"


def test_a_machine_and_its_key_are_made_both_or_neither() -> None:
    machine = Machine.objects.create(name="billing")
    for number in range(10):
        MachineKey.objects.create(id=f"k{number}", machine=machine, digest="", expires_at=machine.created_at)
    assert refusal("billing") == "This machine has 10 keys. Revoke one that is not used any more first."
    assert told() == []
