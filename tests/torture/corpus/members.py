"""Bodies whose members have wrong values, for every route that takes one."""

from tests.torture.corpus.case import CANARY, CHANGES, CREATE, ITEM, REFRESH, REVOKE, TOKEN, Case

SECRET = CANARY.encode()

WRONG_STRINGS = {
    "null": b"null",
    "true": b"true",
    "a number": b"7141",
    "a float": b"71.41",
    "an array": b'["%s"]' % SECRET,
    "an object": b'{"%s": 1}' % SECRET,
    "an empty string": b'""',
    "5,000 characters": b'"%s"' % (SECRET + b"a" * 5000),
}
WRONG_PROVIDERS = WRONG_STRINGS | {
    "a secret": b'"%s"' % SECRET,
    "in capitals": b'"OPENAI"',
    "with white space": b'" openai "',
    "with a NUL's picture": '"openai␀"'.encode(),
    "full width": '"\uff4f\uff50\uff45\uff4e\uff41\uff49"'.encode(),
    "__class__": b'"__class__"',
}
OTHER_PROVIDERS = WRONG_PROVIDERS | {"another's name": b'"azure"'}
WRONG_BOOLEANS = {
    "null": b"null",
    "0": b"0",
    "1": b"1",
    "1.0": b"1.0",
    "a word": b'"true"',
    "yes": b'"yes"',
    "a digit": b'"1"',
    "an empty string": b'""',
    "a secret": b'"%s"' % SECRET,
    "an array": b"[true]",
    "an object": b'{"%s": true}' % SECRET,
}
WRONG_OBJECTS = {
    "null": b"null",
    "false": b"false",
    "a number": b"7141",
    "a string": b'"%s"' % SECRET,
    "JSON text": b'"{\\"api_key\\": \\"%s\\"}"' % SECRET,
    "an array": b"[]",
    "an array of objects": b'[{"api_key": "%s"}]' % SECRET,
    "an empty object": b"{}",
}
NO_OBJECTS = {name: value for name, value in WRONG_OBJECTS.items() if value != b"{}"}
MEMBERS = {
    ("POST", CREATE, b'{"provider": $, "credentials": {"api_key": "%s"}}' % SECRET): WRONG_PROVIDERS,
    (
        "POST",
        CREATE,
        b'{"provider": "openai", "enabled": $, "credentials": {"api_key": "x"}}',
    ): WRONG_BOOLEANS,
    ("POST", CREATE, b'{"provider": "openai", "credentials": $}'): WRONG_OBJECTS,
    ("POST", TOKEN, b'{"username": $, "password": "%s"}' % SECRET): WRONG_STRINGS,
    ("POST", TOKEN, b'{"username": "%s", "password": $}' % SECRET): WRONG_STRINGS,
    ("POST", REFRESH, b'{"refresh": $}'): WRONG_STRINGS,
    ("POST", REVOKE, b'{"refresh": $}'): WRONG_STRINGS,
    **{(*change, b'{"provider": $, "enabled": false}'): OTHER_PROVIDERS for change in CHANGES},
    **{(*change, b'{"enabled": $, "credentials": {"api_key": "%s"}}' % SECRET): WRONG_BOOLEANS for change in CHANGES},
    **{(*change, b'{"enabled": false, "credentials": $}'): NO_OBJECTS for change in CHANGES},
    **{(*change, b'{"provider": "openai", "credentials": $}'): NO_OBJECTS for change in CHANGES},
}

CASES = [
    *(
        Case(f"{method} {path} takes no {name} in {body.decode()}", 400, method, path, body=body.replace(b"$", value))
        for (method, path, body), values in MEMBERS.items()
        for name, value in values.items()
    ),
    *(
        Case(f"{method} {path} takes no {name} beside what is right", 400, method, path, body=body)
        for method, path in CHANGES
        for name, body in {
            "provider alone": b'{"provider": "openai"}',
            "unknown member": b'{"enabled": false, "%s": 1}' % SECRET,
            "version": b'{"enabled": false, "version": 1}',
            "null for credentials": b'{"enabled": false, "credentials": null}',
            "unknown credential": b'{"enabled": false, "credentials": {"api_key": "%s", "%s": 1}}' % (SECRET, SECRET),
            "removal of the key": b'{"enabled": false, "credentials": {"api_key": null}}',
            "removal of what nobody declared": b'{"enabled": false, "credentials": {"%s": null}}' % SECRET,
        }.items()
    ),
    Case("a PUT takes no empty credentials", 400, "PUT", ITEM, body=b'{"enabled": false, "credentials": {}}'),
]
