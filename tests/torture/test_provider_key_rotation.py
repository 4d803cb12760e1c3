"""A provider's key is replaced a thousand times while eight programs fetch it: none gets a wrong one."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import LiveServer
from tests.rotation.live import live_server
from tests.torture.invariants import assert_calm

pytestmark = pytest.mark.torture

ITEM = "/v1/llm-provider/openai"
READERS, ROTATIONS = 8, 1000
SOON = 1.0  # seconds


class Timeline:
    """When each key may have been current: from the request that brought it to the answer that ended it."""

    def __init__(self, first: str) -> None:
        self.changes = [(first, 0.0, 0.0)]  # the key, when it was sent, when it was answered

    def __enter__(self) -> None:
        self.sent = time.monotonic()

    def __exit__(self, *_exception: object) -> None:
        self.answered = time.monotonic()

    def became(self, key: str) -> None:
        self.changes.append((key, self.sent, self.answered))

    def allows(self, key: str, asked: float, got: float) -> bool:
        ends = [answered for _key, _sent, answered in self.changes[1:]] + [float("inf")]
        return any(
            key == each and sent <= got and asked <= ended
            for (each, sent, _answered), ended in zip(self.changes, ends, strict=True)
        )


class Reader(threading.Thread):
    """Fetches the credentials, again and again, with and without what it knows."""

    def __init__(self, httpx: Any, server: LiveServer, token: str, number: int, over: threading.Event) -> None:
        super().__init__()
        headers = {"Authorization": f"Bearer {token}", "X-Consumer-Instance": f"web-{number}"}
        self.client = httpx.Client(base_url=server.url, headers=headers, trust_env=False, timeout=60)
        self.over = over
        self.seen: list[tuple[str, float, float]] = []
        self.failures: list[Any] = []

    def run(self) -> None:
        etag, key = "", ""
        with self.client:
            while not self.over.is_set():
                asked = time.monotonic()
                answer = self.client.get(f"{ITEM}/credentials", headers={"If-None-Match": etag})
                got = time.monotonic()
                if answer.status_code == 200:
                    etag, key = answer.headers["ETag"], answer.json()["credentials"]["api_key"]
                elif answer.status_code != 304:
                    self.failures.append((answer.status_code, answer.text))
                    continue
                self.seen.append((key, asked, got))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with live_server(tmp_path, LLM_PROVIDERS_OUTBOUND_TIMEOUT="30") as server:
        yield server


def test_a_thousand_rotations_hand_out_no_wrong_key_and_an_undo_takes_no_second(
    server: LiveServer, caplog: pytest.LogCaptureFixture
) -> None:
    httpx = pytest.importorskip("httpx")
    caplog.set_level("WARNING", "httpx")  # it tells of each request
    billing, over = server.manage("issue_token", "billing").strip(), threading.Event()
    readers = [Reader(httpx, server, billing, number, over) for number in range(READERS)]
    timeline, undone = Timeline("sk-good-0"), 0.0
    headers = {"Authorization": f"Bearer {server.token()}"}
    with httpx.Client(base_url=server.url, headers=headers, trust_env=False, timeout=120) as client:
        body = {"provider": "openai", "credentials": {"api_key": "sk-good-0"}}
        assert client.post("/v1/llm-providers", json=body).status_code == 200
        for reader in readers:
            reader.start()
        try:
            for number in range(1, ROTATIONS + 1):
                key = f"sk-{'bad' if number % 2 else 'good'}-{number}"
                with timeline:
                    answer = client.patch(f"{ITEM}?verify=require", json={"credentials": {"api_key": key}})
                assert answer.status_code == (422 if "bad" in key else 200), answer.text
                if "good" in key:
                    timeline.became(key)
                if number == ROTATIONS // 2:
                    with timeline:
                        answer = client.post(f"{ITEM}/rotation/undo", headers={"If-Match": answer.headers["ETag"]})
                    assert answer.status_code == 200
                    timeline.became(f"sk-good-{number - 2}")
                    undone = timeline.answered - timeline.sent
        finally:
            over.set()
            for reader in readers:
                reader.join()
        rotation = client.get(f"{ITEM}/rotation").json()
    seen = [each for reader in readers for each in reader.seen]
    print(f"{len(seen)} reads, {len({key for key, *_times in seen})} keys, undo {undone * 1000:.0f} ms")
    assert [failure for reader in readers for failure in reader.failures] == []
    assert [each for each in seen if not timeline.allows(*each)] == []
    assert not any("bad" in key for key, *_times in seen)
    assert undone < SOON
    assert (rotation["version"], rotation["previous"]["version"]) == (ROTATIONS // 2 + 2, ROTATIONS // 2 + 1)
    updates, undos = (
        server.query(f"SELECT count(*) FROM llm_providers_auditevent WHERE action = '{action}'")[0][0]
        for action in ("update", "undo")
    )
    assert (updates, undos) == (ROTATIONS // 2, 1)
    assert len(seen) > ROTATIONS
    assert_calm(server.log_text())
