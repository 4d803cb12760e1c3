"""Uploaded files, in memory: a key file must never touch the disk."""

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler

UPLOAD_LIMIT = 64 * 1024  # bytes


class BoundedUploadHandler(MemoryFileUploadHandler):
    """Keeps the beginning of a file, whatever its size. ``file.size`` is what was sent."""

    def handle_raw_input(self, *_args: Any, **_kwargs: Any) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start < UPLOAD_LIMIT:
            self.file.write(raw_data)
