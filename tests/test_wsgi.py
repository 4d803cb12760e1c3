import http.client
import json
from collections.abc import Iterator

from tests.live import LiveServer


def ask_in_chunks(server: LiveServer, chunks: Iterator[bytes]) -> tuple[int, object]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request(
            "POST", "/v1/token", body=chunks, headers={"Content-Type": "application/json"}, encode_chunked=True
        )
        answer = connection.getresponse()
        return answer.status, json.load(answer)
    finally:
        connection.close()


def test_a_body_sent_in_chunks_is_read(server: LiveServer) -> None:
    server.clear()
    status, answer = ask_in_chunks(server, iter([b'{"username": "nobody", ', b'"password": "no password of anybody"}']))
    assert status == 401
    assert isinstance(answer, dict)
    assert answer["error"]["code"] == "UNAUTHORIZED"


def test_a_body_sent_in_chunks_has_the_same_limit(server: LiveServer) -> None:
    status, answer = ask_in_chunks(server, (b" " * 1024 for _ in range(65)))
    assert status == 413
    assert isinstance(answer, dict)
    assert answer["error"]["code"] == "PAYLOAD_TOO_LARGE"
