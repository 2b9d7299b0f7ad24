"""This module keeps saved objects in SQLite; it knows neither HTTP nor schemas."""

import json
import sqlite3
import threading
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal, Self

import attrs

Sort = Literal["title", "-title", "created", "-created"]

# The only texts that reach SQL other than as parameters.
ORDERS: Final[Mapping[Sort, str]] = {
    "title": "title, id",
    "-title": "title DESC, id",
    "created": "sequence",
    "-created": "sequence DESC",
}


class Conflict(Exception):
    """There is an object with this type and id already."""


@attrs.frozen
class SavedObject:
    """One saved object; *attributes* are JSON-ready and have a title."""

    type: str
    id: str
    created_at: str
    attributes: dict[str, Any]


class Store:
    """Saved objects in memory, gone with the process; safe to use from many threads."""

    def __init__(self) -> None:
        # One connection for all threads, since each connection to :memory: is a database of its own.
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._lock = threading.Lock()
        self._execute(
            "CREATE TABLE object (sequence INTEGER PRIMARY KEY, type TEXT, id TEXT, created_at TEXT,"
            " title TEXT, attributes TEXT, UNIQUE (type, id))"
        )

    def create(self, type: str, id: str | None, attributes: Mapping[str, Any]) -> SavedObject:
        """The new object; it gets an id of its own where *id* is None.

        Raises:
            Conflict: The id is taken.
        """
        created_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        saved = SavedObject(type, id or str(uuid.uuid4()), created_at, dict(attributes))
        row = (type, saved.id, created_at, attributes["title"], json.dumps(saved.attributes))
        try:
            self._execute(
                "INSERT INTO object (type, id, created_at, title, attributes) VALUES (?, ?, ?, ?, ?)", row
            )
        except sqlite3.IntegrityError:
            raise Conflict from None
        return saved

    def get(self, type: str, id: str) -> SavedObject | None:
        """The object, or None."""
        rows = self._execute(
            "SELECT type, id, created_at, attributes FROM object WHERE type = ? AND id = ?", (type, id)
        )
        return _saved_object(rows[0]) if rows else None

    def delete(self, type: str, id: str) -> bool:
        """Whether there was such an object; there is none now."""
        return bool(self._execute("DELETE FROM object WHERE type = ? AND id = ? RETURNING id", (type, id)))

    def find(
        self, *, type: str | None = None, search: str, sort: Sort, page: int, per_page: int
    ) -> tuple[int, list[SavedObject]]:
        """How many objects have *search* in their title, and one page of them; pages count from 1."""
        where = " FROM object WHERE (? IS NULL OR type = ?) AND instr(lower(title), lower(?)) > 0"
        order = f" ORDER BY {ORDERS[sort]} LIMIT ? OFFSET ?"
        wanted = (type, type, search)
        ((total,),) = self._execute("SELECT count(*)" + where, wanted)
        rows = self._execute(
            "SELECT type, id, created_at, attributes" + where + order,
            (*wanted, per_page, (page - 1) * per_page),
        )
        return total, [_saved_object(row) for row in rows]

    def close(self) -> None:
        """Let the database go."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _execute(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()


def _saved_object(row: tuple[str, str, str, str]) -> SavedObject:
    type, id, created_at, attributes = row
    return SavedObject(type, id, created_at, json.loads(attributes))
