"""Every page of the admin, as it is read."""

from bench.recorded.examples import EXAMPLES, LIST, body, item
from bench.recorded.recorder import Recorder

READERS = ("superuser", "administrator", "viewer")
CONFIGS, EVENTS = "/admin/llm_providers/llmproviderconfig/", "/admin/llm_providers/auditevent/"
USERS, GROUPS = "/admin/auth/user/", "/admin/auth/group/"
SITE = [
    "/admin/",
    "/admin/llm_providers/",
    "/admin/auth/",
    "/admin/password_change/",
    "/admin/password_change/done/",
    "/admin/jsi18n/",
    "/admin/search/?s=open",
    "/admin/autocomplete/",
    "/admin/nothing/",
    "/admin/r/1/1/",
]
LISTS = {
    CONFIGS: [
        "",
        "?q=open",
        "?q=nothing",
        "?provider=xai",
        "?provider__exact=azure",
        "?enabled__exact=1",
        "?enabled__exact=0",
        "?o=-1.2",
        "?p=9",
        "?nonsense=1",
        "?updated_by__startswith=s",
        "?_popup=1",
        "?all=",
    ],
    EVENTS: [
        "",
        "?action=create",
        "?action__exact=update",
        "?provider=openai",
        "?actor=superuser",
        "?source=api",
        "?source__exact=admin",
        "?created_at__gte=2020-01-01",
        "?created_at__lt=2020-01-01",
        "?request_id__startswith=r",
        "?o=2.-1",
        "?p=2",
    ],
    USERS: [
        "",
        "?q=super",
        "?is_staff__exact=1",
        "?is_superuser__exact=0",
        "?is_active__exact=1",
        "?groups__id__exact=1",
        "?o=-2",
    ],
    GROUPS: ["", "?q=viewers", "?o=-1"],
}
FORMS = (
    "add/",
    "1/change/",
    "1/delete/",
    "1/history/",
    "1/",
    "999/change/",
    "999/delete/",
    "999/history/",
    "x/change/",
)


def record(recorder: Recorder) -> None:
    for slug in EXAMPLES:
        recorder.prepare("POST", LIST, body(slug))
    recorder.prepare("PATCH", item("azure"), {"enabled": False})
    recorder.prepare("DELETE", item("google"))
    recorder.log_in("")
    for path in ("/admin/", "/admin/login/", CONFIGS, f"{CONFIGS}1/change/", "/admin/logout/", "/admin/nothing/"):
        recorder.visit("", "GET", path)
    for who in READERS:
        recorder.log_in(who)
        for path in SITE:
            recorder.visit(who, "GET", path)
        for path, queries in LISTS.items():
            for query in queries:
                recorder.visit(who, "GET", path + query)
            for form in FORMS:
                recorder.visit(who, "GET", path + form)
        for number, slug in enumerate(EXAMPLES, 1):
            recorder.visit(who, "GET", f"{CONFIGS}add/?provider={slug}")
            recorder.visit(who, "GET", f"{CONFIGS}{number}/change/")
        recorder.visit(who, "GET", f"{USERS}3/password/")
        recorder.visit(who, "HEAD", CONFIGS)
    recorder.log_in("consumer")
    for path in ("/admin/", CONFIGS, EVENTS):
        recorder.visit("consumer", "GET", path)
