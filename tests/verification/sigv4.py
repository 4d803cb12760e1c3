"""AWS Signature Version 4 as its documentation has it, with nothing of botocore's: what a server recomputes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

import hashlib
import hmac
import re
from urllib.parse import parse_qsl, quote

from tests.verification.https_server import Received

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<id>\w+)/(?P<date>\d{8})/(?P<region>[a-z0-9-]+)/(?P<service>[a-z]+)/aws4_request, "
    r"SignedHeaders=(?P<signed>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


def _hash(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def is_signed(request: Received, key_id: str, secret: str, region: str, service: str) -> bool:
    """Whether the request, as it arrived, carries this key's signature, over the host it arrived with."""
    written = AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if not written or (written["id"], written["region"], written["service"]) != (key_id, region, service):
        return False
    signed = written["signed"].split(";")
    stamp = request.headers["x-amz-date"]
    if "host" not in signed or "x-amz-date" not in signed or not stamp.startswith(written["date"]):
        return False
    path, _question_mark, query = request.target.partition("?")
    pairs = sorted(
        (quote(name, "-_.~"), quote(value, "-_.~")) for name, value in parse_qsl(query, keep_blank_values=True)
    )
    canonical = "\n".join(
        [
            request.method,
            quote(path, "/-_.~"),
            "&".join(f"{name}={value}" for name, value in pairs),
            *(f"{name}:{' '.join(request.headers[name].split())}" for name in signed),
            "",
            written["signed"],
            hashlib.sha256(request.body).hexdigest(),
        ]
    )
    scope = f"{written['date']}/{region}/{service}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = _hash(key, part)
    return hmac.compare_digest(_hash(key, to_sign).hex(), written["signature"])
