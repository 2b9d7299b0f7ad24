"""This module shows an issue as a line of text."""

from kbn_schema import Issue
from kbn_schema.problems import locate


def show_issue(issue: Issue) -> str:
    """*issue* as a line: where, what, and the name that was nearly right."""
    near = issue.params.get("did_you_mean")
    hint = f"; did you mean [{near}]?" if near else ""
    return f"{locate(issue.path, None)}{issue.message}{hint}"
