"""waitress in several processes behind one listening socket, which it does not do by itself.

python -m bench.servers.waitress_workers PORT WORKERS THREADS
"""

import os
import signal
import socket
import sys

from waitress import create_server


def main(port: int, workers: int, threads: int) -> None:
    shared = socket.create_server(("127.0.0.1", port), backlog=1024)
    below = [serve(shared, threads) for _worker in range(workers)]

    def stop(*_signal: object) -> None:
        for pid in below:
            os.kill(pid, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    shared.close()
    for pid in below:
        os.waitpid(pid, 0)


def serve(shared: socket.socket, threads: int) -> int:
    if pid := os.fork():
        return pid
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit())
    from refactor_site.wsgi import application  # noqa: PLC0415  (each process has its own)

    create_server(
        application,
        sockets=[shared],
        threads=threads,
        connection_limit=4096,
        asyncore_use_poll=True,
        channel_timeout=10,
        clear_untrusted_proxy_headers=False,
        cleanup_interval=5,
    ).run()
    os._exit(0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
