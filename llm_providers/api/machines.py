from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from llm_providers import machines
from llm_providers.access.permissions import ActionPermissions
from llm_providers.api.base import ContractView
from llm_providers.api.serializers import moment
from llm_providers.machines.sent import KeySerializer, MachineChangeSerializer, MachineSerializer
from llm_providers.models import Machine, MachineKey
from llm_providers.web.author import author_of

NEW, CHANGE, NEW_KEY = MachineSerializer(), MachineChangeSerializer(), KeySerializer()


class MachineViewSet(ContractView, ViewSet):
    """The accounts of programs."""

    permission_classes = (ActionPermissions,)
    permissions_by_action: ClassVar = dict.fromkeys(
        ("list", "retrieve", "create", "partial_update", "destroy"), "manage_machine"
    )

    def list(self, _request: Request) -> Response:
        return Response({"machines": [represent(machine) for machine in machines.find_all()]})

    def create(self, request: Request) -> Response:
        return Response(represent(machines.create(author=author_of(request), **NEW.accepted(request.data))))

    def retrieve(self, _request: Request, name: str) -> Response:
        return Response(represent(machines.find(name)))

    def partial_update(self, request: Request, name: str) -> Response:
        machines.find(name)  # a path that is nothing's is told before what was sent to it
        changes = CHANGE.accepted(request.data, name=name)
        return Response(represent(machines.change(name, author=author_of(request), **changes)))

    def destroy(self, request: Request, name: str) -> Response:
        machines.delete(name, author=author_of(request))
        return Response({"name": name})


class MachineKeyViewSet(ContractView, ViewSet):
    """The keys of a machine. Only the answer that makes one holds it."""

    permission_classes = (ActionPermissions,)
    permissions_by_action: ClassVar = {"create": "manage_machine", "destroy": "manage_machine"}

    def create(self, request: Request, name: str) -> Response:
        machines.find(name)
        days = NEW_KEY.accepted(request.data)["expires_in_days"]
        key, kept = machines.issue(name, days=days, author=author_of(request))
        return Response({"id": key.id, "key": key.text, "expires_at": moment(kept.expires_at)})

    def destroy(self, request: Request, name: str, id: str) -> Response:  # noqa: A002  (as the path has it)
        machines.revoke(name, id, author=author_of(request))
        return Response({"id": id})


def represent(machine: Machine) -> dict[str, Any]:
    return {
        "name": machine.name,
        "description": machine.description,
        "owner": machine.owner,
        "enabled": machine.enabled,
        "permissions": machine.permissions,
        "providers": machine.providers,
        "identities": machine.identities,
        "keys": [represent_key(key) for key in machine.keys.all()],
        "created_at": moment(machine.created_at),
        "updated_at": moment(machine.updated_at),
    }


def represent_key(key: MachineKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "created_at": moment(key.created_at),
        "expires_at": moment(key.expires_at),
        "last_used_at": moment(key.last_used_at),
        "last_used_from": key.last_used_from,
    }
