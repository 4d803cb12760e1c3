"""ETag, If-Match and If-None-Match."""

from bench.recorded.examples import LIST, body, item
from bench.recorded.recorder import Recorder

PATH = item("openai")


def record(recorder: Recorder) -> None:
    for header in ("If-Match", "If-None-Match"):
        recorder.api(
            "superuser", "PATCH", PATH, {"enabled": False}, f"{header} * of what is not there", headers={header: "*"}
        )
        recorder.api("superuser", "GET", PATH, None, f"{header} * of what is not there", headers={header: "*"})
    etag = recorder.prepare("POST", LIST, body("openai")).header("ETag")
    tags = ["*", '"0-0"', "W/" + etag, f'"0-0", {etag}', etag.strip('"'), "", '"', ",,", '"*"', "nonsense", etag]
    for tag in tags:
        for path in (PATH, LIST, f"{PATH}/status"):
            recorder.api("superuser", "GET", path, None, f"If-None-Match {tag}", headers={"If-None-Match": tag})
        recorder.api("viewer", "HEAD", PATH, None, f"If-None-Match {tag}", headers={"If-None-Match": tag})
    for method in ("PUT", "PATCH", "DELETE"):
        for tag in tags[1:-1]:
            change = None if method == "DELETE" else {"enabled": True}
            answer = recorder.api("superuser", method, PATH, change, f"If-Match {tag}", headers={"If-Match": tag})
            if method == "DELETE" and answer.status == 200:
                recorder.prepare("POST", LIST, body("openai"))
    for method in ("PUT", "PATCH", "DELETE"):
        etag = recorder.prepare("GET", PATH).header("ETag")
        change = None if method == "DELETE" else {"enabled": False}
        recorder.api("superuser", method, PATH, change, "If-Match", headers={"If-Match": etag})
        recorder.api("superuser", method, PATH, change, "If-Match, outdated", headers={"If-Match": etag})
    again = recorder.prepare("POST", LIST, body("openai")).header("ETag")
    recorder.api("superuser", "DELETE", PATH, None, "If-Match of the one before", headers={"If-Match": etag})
    recorder.api("superuser", "DELETE", PATH, None, "If-Match of the new one", headers={"If-Match": again})
