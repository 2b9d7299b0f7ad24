"""This module makes temporary folders, which do not stay behind when somebody presses Ctrl-C."""

from tempfile import TemporaryDirectory


class TemporaryFolder(TemporaryDirectory[str]):
    """A new folder, which is removed in the end with all that is in it."""

    def __init__(self) -> None:
        super().__init__(prefix="kbn-schema-demo-", ignore_cleanup_errors=True)

    def cleanup(self) -> None:
        """Remove it; Ctrl-C meanwhile is heard when that is done."""
        try:
            super().cleanup()
        except KeyboardInterrupt:
            super().cleanup()
            raise
