"""`python -m refactor_site.env_file [PATH]` writes a `.env` with fresh random keys, once.

Without a path it is the one ENV_FILE names.

A file that exists is left alone: its keys read what is stored. No key is ever printed.
"""

import os
import secrets
import sys
from pathlib import Path

ENV_FILE = Path(__file__).resolve().parent.parent / ".env"

TEXT = """\
# The settings of this machine. Keep this file out of version control, and keep a copy of FERNET_KEYS
# in a safe place: without them the stored credentials cannot be read.

# Sessions and signatures of Django.
DJANGO_SECRET_KEY={DJANGO_SECRET_KEY}

# Signs the access and refresh tokens.
JWT_SIGNING_KEY={JWT_SIGNING_KEY}

# Encrypt the credentials. Separated by commas: the first writes, all read.
FERNET_KEYS={FERNET_KEYS}

# Plain http on this machine. Remove this line where the service is reached over https.
HTTPS={HTTPS}
"""


def fresh_environment() -> dict[str, str]:
    """Return the settings without which the service does not start, with new random keys."""
    return {
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(48),
        "JWT_SIGNING_KEY": secrets.token_urlsafe(48),
        "FERNET_KEYS": secrets.token_urlsafe(48),
        "HTTPS": "false",
    }


def write_env_file(path: Path) -> bool:
    """Write the file, readable by its owner only, unless it exists; return whether it was written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(TEXT.format(**fresh_environment()))
    return True


def main(arguments: list[str]) -> None:
    if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
        sys.exit("Usage: python -m refactor_site.env_file [PATH]")
    path = Path(arguments[0] if arguments else os.environ.get("ENV_FILE") or ENV_FILE)
    try:
        written = write_env_file(path)
    except OSError as error:
        sys.exit(f"The .env file cannot be written: {error.strerror}.")
    print(f"Wrote {path} with fresh random keys." if written else f"{path} exists and is left alone.")


if __name__ == "__main__":
    main(sys.argv[1:])
