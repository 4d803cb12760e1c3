"""Bodies that are no strict JSON object, or one of members nobody knows, for every route that takes one."""

import gzip

from tests.torture.corpus.case import CANARY, CHANGES, CREATE, STALE, TAKE_JSON, VALID, Case

KIB = 1024
SECRET = CANARY.encode()
MEMBER = b'{"provider": "%s"}' % SECRET

UNREADABLE = {
    "nothing": b"",
    "white space": b" \r\n\t ",
    "null": b"null",
    "true": b"true",
    "a number": b"7141",
    "a string": b'"%s"' % SECRET,
    "an array": b"[%s]" % MEMBER,
    "an empty array": b"[]",
    "an array of strings": b'["%s"]' % SECRET,
    "cut inside a string": b'{"provider": "%s' % SECRET,
    "cut inside an escape": b'{"provider": "%s\\u00' % SECRET,
    "cut after a name": b'{"%s"' % SECRET,
    "two objects": MEMBER + MEMBER,
    "text after the object": MEMBER + SECRET,
    "a comma too many": b'{"provider": "%s",}' % SECRET,
    "a comma too few": b'{"provider": "%s" "enabled": true}' % SECRET,
    "single quotes": b"{'provider': '%s'}" % SECRET,
    "a name without quotes": b'{provider: "%s"}' % SECRET,
    "a comment": b'{"provider": "%s" /* x */}' % SECRET,
    "a form's text": b"provider=" + SECRET,
    "XML": b"<provider>%s</provider>" % SECRET,
    "a byte order mark": b"\xef\xbb\xbf" + MEMBER,
    "UTF-16": MEMBER.decode().encode("utf-16"),
    "UTF-16 without a mark": MEMBER.decode().encode("utf-16-le"),
    "UTF-32": MEMBER.decode().encode("utf-32"),
    "Latin-1": b'{"provider": "%s\xe9"}' % SECRET,
    "0xFF": b"\xff",
    "an overlong slash": b'{"provider": "%s\xc0\xaf"}' % SECRET,
    "an overlong NUL": b'{"provider": "%s\xc0\x80"}' % SECRET,
    "a surrogate in UTF-8": b'{"provider": "%s\xed\xa0\x80"}' % SECRET,
    "beyond Unicode": b'{"provider": "%s\xf4\x90\x80\x80"}' % SECRET,
    "a character cut off": b'{"provider": "%s\xe2\x82' % SECRET,
    "a high surrogate alone": b'{"provider": "%s\\ud800"}' % SECRET,
    "a low surrogate alone": b'{"provider": "%s\\udfff"}' % SECRET,
    "surrogates in the wrong order": b'{"provider": "%s\\udc00\\ud800"}' % SECRET,
    "a surrogate in a name": b'{"%s\\ud800": 1}' % SECRET,
    "an escaped NUL": b'{"provider": "%s\\u0000"}' % SECRET,
    "a raw NUL": b'{"provider": "%s\x00"}' % SECRET,
    "a NUL in a name": b'{"%s\\u0000": 1}' % SECRET,
    "a NUL after the object": MEMBER + b"\x00",
    "a raw line break": b'{"provider": "%s\r\nSet-Cookie: x=1"}' % SECRET,
    "one name twice": b'{"provider": "openai", "provider": "%s"}' % SECRET,
    "one name twice, once escaped": b'{"provider": "openai", "\\u0070rovider": "%s"}' % SECRET,
    "one name twice, further down": b'{"credentials": {"api_key": "%s", "api_key": 1}}' % SECRET,
    "NaN": b'{"%s": NaN}' % SECRET,
    "Infinity": b'{"%s": Infinity}' % SECRET,
    "minus Infinity": b'{"%s": -Infinity}' % SECRET,
    "1e400": b'{"enabled": 1e400, "provider": "%s"}' % SECRET,
    "-1e400": b'{"enabled": -1e400, "provider": "%s"}' % SECRET,
    "an integer of 5,000 digits": b'{"enabled": %s, "provider": "%s"}' % (b"9" * 5000, SECRET),
    "a leading zero": b'{"enabled": 007141}',
    "a hexadecimal number": b'{"enabled": 0x1be5}',
    "Arabic-Indic digits": '{"enabled": \u0667\u0661\u0664\u0661}'.encode(),
    "33 levels": b'{"a": ' + b"[" * 32 + b"]" * 32 + b"}",
    "1,000 levels": b'{"a": ' + b"[" * 1000 + b"]" * 1000 + b"}",
    "1,000 levels of objects": b'{"a":' * 1000 + b"1" + b"}" * 1000,
    "60,000 open brackets": b"[" * 60_000,
    "10,000 open objects": b'{"a":' * 10_000,
    "a gzip file": gzip.compress(VALID),
    "64 KiB of white space": b" " * (64 * KIB),
}
UNKNOWN_MEMBERS = {
    "an empty object": b"{}",
    "a secret as a name": b'{"%s": "x"}' % SECRET,
    "CR LF in a name": b'{"%s\\r\\nX-Injected: 1": 1}' % SECRET,
    "a name of 60 KB": b'{"%s": 1}' % (SECRET + b"a" * 60_000),
    "5,000 names": b"{%s}" % b",".join(b'"%s%d":1' % (SECRET[:6], number) for number in range(4000)),
    "an empty name": b'{"": "%s"}' % SECRET,
    "__proto__": b'{"__proto__": {"provider": "%s"}}' % SECRET,
    "__class__": b'{"__class__": "%s"}' % SECRET,
    "a name with a dot": b'{"credentials.api_key": "%s"}' % SECRET,
    "a name to be formatted": b'{"{0.__class__} %%s %%(x)s": "%s"}' % SECRET,
    "a name in another case": b'{"Provider": "%s"}' % SECRET,
    "a name that looks the same": '{"\u0440rovider": "x"}'.encode(),
    "pk": b'{"pk": 1, "id": "%s"}' % SECRET,
    "non_field_errors": b'{"non_field_errors": "%s"}' % SECRET,
}
TOO_LARGE = {
    "64 KiB and a byte": b" " * (64 * KIB) + b"{",
    "100 KB": b'{"provider": "%s"}' % (SECRET * 5000),
    "1 MB": b'{"provider": "%s' % SECRET + b"x" * 1_000_000 + b'"}',
    "1 MB of brackets": b"[" * 1_000_000,
}
CASES = [
    *(
        Case(f"{method} {path} takes no body of {name}", 400, method, path, body=body)
        for method, path in TAKE_JSON
        for name, body in (UNREADABLE | UNKNOWN_MEMBERS).items()
    ),
    *(
        Case(f"{method} {path} takes no body of {name}", 413, method, path, body=body)
        for method, path in TAKE_JSON
        for name, body in TOO_LARGE.items()
    ),
    Case("64 KiB are not too large", 409, "POST", CREATE, body=VALID.ljust(64 * KIB)),
    *(
        Case(f"64 KiB are not too large for {method}", 412, method, path, STALE, VALID.ljust(64 * KIB))
        for method, path in CHANGES
    ),
]
