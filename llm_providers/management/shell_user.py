"""Who runs a command."""

import os
import pwd
import socket

from llm_providers.audit import Author
from llm_providers.models import AuditEvent

LENGTH = 150  # characters; what the columns of names take


def shell_user() -> str:
    """The account on this machine and the machine, as in ``grace@build-7``."""
    uid = os.getuid()  # what the environment says about it may be anything
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:  # in a container, perhaps
        name = str(uid)
    return f"{name}@{socket.gethostname()}"[:LENGTH]


def shell_author() -> Author:
    return Author(shell_user(), AuditEvent.Source.COMMAND)
