"""Many clients at the running server, and the connections that it holds to its database meanwhile."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.server import descendants
from tests.live import LiveServer
from tests.torture.corpus.case import LIST, Case
from tests.torture.wire import answers, converse

CLIENTS = 200
OF_THE_SERVER = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def burst(server: LiveServer, token: str) -> Counter[int]:
    """As many clients as there are ask for the list, each twice; how often each status was answered."""
    request = Case("list", 200, path=LIST).request(token)

    def ask(_client: int) -> list[int]:
        return [answer.status for _time in range(2) for answer in answers(converse(server.port, request))]

    with ThreadPoolExecutor(CLIENTS) as clients:
        return Counter(status for statuses in clients.map(ask, range(CLIENTS)) for status in statuses)


def connections(server: LiveServer) -> int:
    """How many the workers hold: to the SQLite file at most in one of them, to PostgreSQL together."""
    if server.database_path is not None:
        return max(opened(pid, server.database_path) for pid in descendants(server.process.pid))
    ((count,),) = server.query(f"SELECT count(*) {OF_THE_SERVER}")
    return int(count)


def opened(pid: int, path: Path) -> int:
    count = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            count += entry.readlink() == path
        except FileNotFoundError:  # closed meanwhile
            continue
    return count
