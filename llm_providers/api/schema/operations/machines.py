"""Machines and their keys."""

from llm_providers.api.schema.operation import MACHINES, Operation

OPERATIONS = {
    "GET /v1/machines": Operation(
        name="listMachines",
        summary="List the machines",
        tag=MACHINES,
        answer="MachineList",
        description="With what is kept of their keys. Needs the permission to manage machines, as all of these do.",
    ),
    "POST /v1/machines": Operation(
        name="createMachine",
        summary="Create a machine",
        tag=MACHINES,
        takes="MachineCreate",
        answer="Machine",
        errors=(409,),
        description="It may do nothing unless permissions and providers are given. Nobody gives a machine more than "
        "they hold: 403 unless you hold each of its permissions. It has no key yet.",
    ),
    "GET /v1/machine/{name}": Operation(
        name="getMachine",
        summary="Get a machine",
        tag=MACHINES,
        answer="Machine",
        errors=(404,),
        description="With what is kept of its keys, and when each was used last.",
    ),
    "PATCH /v1/machine/{name}": Operation(
        name="patchMachine",
        summary="Change a machine",
        tag=MACHINES,
        takes="MachinePatch",
        answer="Machine",
        errors=(404,),
        description="What is left out stays; a list replaces the whole list. Enabling a machine, and adding a "
        "permission, a provider or an identity, need each of the permissions it has then; narrowing does not. It "
        "holds from the next request on.",
    ),
    "DELETE /v1/machine/{name}": Operation(
        name="deleteMachine",
        summary="Delete a machine",
        tag=MACHINES,
        answer="DeletedMachine",
        errors=(404,),
        description="Cannot be undone: its keys are refused from the next request on.",
    ),
    "POST /v1/machine/{name}/keys": Operation(
        name="createMachineKey",
        summary="Issue a key of a machine",
        tag=MACHINES,
        takes="MachineKeyRequest",
        answer="IssuedMachineKey",
        errors=(404, 409),
        description="Needs each of the machine's permissions too. The key is in this answer and never again. A second "
        "key lets the first be exchanged without a gap; a machine has 10 at most.",
    ),
    "DELETE /v1/machine/{name}/key/{id}": Operation(
        name="revokeMachineKey",
        summary="Revoke a key of a machine",
        tag=MACHINES,
        answer="RevokedMachineKey",
        errors=(404,),
        description="Cannot be undone: the key is refused from the next request on. The machine's others stay.",
    ),
}
