"""Bad requests as data: what each sends, and the status it deserves."""

from tests.torture.corpus import addresses, bodies, changes, conditions, credentials, headers, ignored, members, trail

CASES = [
    *bodies.CASES,
    *members.CASES,
    *credentials.CASES,
    *changes.CASES,
    *addresses.CASES,
    *headers.CASES,
    *ignored.CASES,
    *conditions.CASES,
    *trail.CASES,
]
