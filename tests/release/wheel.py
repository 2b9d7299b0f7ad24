"""What a wheel holds, and what it says of itself."""

import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import attrs


@attrs.frozen
class Wheel:
    """A wheel as it lies there: its *files* with their contents."""

    files: dict[str, bytes]

    @classmethod
    def read(cls, path: Path) -> "Wheel":
        with zipfile.ZipFile(path) as archive:
            return cls({name: archive.read(name) for name in archive.namelist()})

    def about(self, name: str) -> bytes:
        """The file *name* of what the wheel says of itself."""
        (found,) = (file for file in self.files if file.endswith(f".dist-info/{name}"))
        return self.files[found]

    @property
    def metadata(self) -> Message:
        return message_from_bytes(self.about("METADATA"))

    @property
    def description(self) -> str:
        """The text that the page of an index shows."""
        payload = self.metadata.get_payload(decode=True)
        assert isinstance(payload, bytes)
        return payload.decode()
