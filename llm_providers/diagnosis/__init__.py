"""Whether an installation is in order: what is wrong, what will be, and what to do about it."""

from collections.abc import Iterator

from django.db import Error

from llm_providers.diagnosis import machines, stored, surroundings, trail
from llm_providers.diagnosis.finding import Finding, State

__all__ = ["Finding", "State", "diagnose"]


def diagnose() -> Iterator[Finding]:
    """Everything there is to say, in the order in which things depend on each other."""
    yield from surroundings.env_file()
    yield from surroundings.system_checks()
    yield surroundings.ring()
    try:
        yield from surroundings.database()
        if pending := surroundings.pending_migrations():
            message = f"{pending} migration{'s are' if pending > 1 else ' is'} not applied."
            yield Finding.fault("migrations", message, "Run manage.py migrate.")
            return  # what follows reads tables as the newest migration leaves them
        yield Finding.fine("migrations", "All are applied.")
        yield from stored.configurations()
        yield from stored.expired()
        yield from machines.machines()
        yield from stored.delivery()
        yield trail.trail()
    except Error as error:  # its own text may hold an address or a statement
        remedy = "See that the server runs and DATABASE_URL is right, then run this again."
        yield Finding.fault("database", f"It did not answer ({type(error).__name__}).", remedy)
