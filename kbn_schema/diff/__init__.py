"""What changed between two contracts, and whom it breaks."""

from kbn_schema.diff.changes import Change, Direction, Level, Profile
from kbn_schema.diff.routes import compare, compare_endpoints

__all__ = ["Change", "Direction", "Level", "Profile", "compare", "compare_endpoints"]
