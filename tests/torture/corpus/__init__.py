"""Bad requests as data: what each sends, and the status it deserves."""

from tests.torture.corpus import addresses, bodies, credentials, headers

CASES = [*bodies.CASES, *credentials.CASES, *addresses.CASES, *headers.CASES]
