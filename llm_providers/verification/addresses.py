"""From a host name to addresses that may be connected to."""

import socket
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from threading import Thread

from llm_providers.strict.addresses import Network, is_reachable

LookUp = Callable[[str, int], list[str]]

NO_SUCH_HOST = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


class Unresolvable(Exception):
    """DNS says that there is no such host."""


class NoLookUp(Exception):
    """DNS could not be asked, or did not answer in time."""


class RefusedAddress(Exception):
    """The host has an address that is neither public nor allowed."""


def system_look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)  # noqa: TID251
    return [str(address[0]) for *_, address in found]


def addresses_of(host: str, port: int, seconds: float, allowed: Iterable[Network], look_up: LookUp) -> list[str]:
    """Look the host up once; return its addresses, all of which may be connected to.

    Raises Unresolvable, NoLookUp or RefusedAddress.
    """
    try:
        addresses = list(dict.fromkeys(_in_time(lambda: look_up(host, port), seconds)))
    except socket.gaierror as error:
        if error.errno in NO_SUCH_HOST:
            raise Unresolvable from error
        raise NoLookUp from error
    except UnicodeError as error:  # a label that is empty or too long
        raise Unresolvable from error
    except OSError as error:  # TimeoutError too
        raise NoLookUp from error
    if not addresses:
        raise Unresolvable
    if not all(is_reachable(address, allowed) for address in addresses):
        raise RefusedAddress
    return addresses


def _in_time(look_up: Callable[[], list[str]], seconds: float) -> list[str]:
    """The system's resolver takes no time limit: it is left behind when it is late."""
    found: Future[list[str]] = Future()

    def run() -> None:
        try:
            found.set_result(look_up())
        except Exception as error:  # noqa: BLE001  (raised again by whoever waits)
            found.set_exception(error)

    Thread(target=run, name="name look-up", daemon=True).start()
    return found.result(timeout=seconds)
