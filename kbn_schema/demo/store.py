"""This module keeps saved objects in SQLite; it knows neither HTTP nor schemas."""

import contextlib
import json
import sqlite3
import uuid
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, Self

import attrs

from kbn_schema.demo.folder import TemporaryFolder

Sort = Literal["title", "-title", "created", "-created"]

PATIENCE: Final = 10.0  # seconds

# The only texts that reach SQL other than as parameters.
ORDERS: Final[Mapping[Sort, str]] = {
    "title": "title, id",
    "-title": "title DESC, id",
    "created": "sequence",
    "-created": "sequence DESC",
}


class Absent(Exception):
    """There is no object with this type and id; the text names them."""


class Taken(Exception):
    """There is an object with this type and id already; the text names them."""


@attrs.frozen
class SavedObject:
    """One saved object; *attributes* are JSON-ready and have a title, *version* is new after each change."""

    type: str
    id: str
    version: int
    created_at: str
    attributes: dict[str, Any]


class Store:
    """A database file of its own, gone with the store; safe to use from many threads."""

    def __init__(self) -> None:
        self._temporary = TemporaryFolder()
        self.folder: Path = Path(self._temporary.name)
        with contextlib.closing(self._connect()) as connection:
            connection.executescript(_TABLES)

    @contextlib.contextmanager
    def begin(self, *, writes: bool = True) -> Generator["SavedObjects", None, None]:
        """A unit of work: all that is done in it is kept, or nothing where it ends with an error.

        Those that write wait for each other; those that only read wait for nobody.
        """
        with contextlib.closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            try:
                yield SavedObjects(connection)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def close(self) -> None:
        """Let the database go."""
        self._temporary.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _connect(self) -> sqlite3.Connection:
        # A unit of work may end in another thread than it began in: where an answer is streamed.
        path = self.folder / "saved_objects.sqlite"
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        return connection


class SavedObjects:
    """The saved objects, within one unit of work."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def create(self, type: str, id: str | None, attributes: Mapping[str, Any]) -> SavedObject:
        """The new object; it gets an id of its own where *id* is None.

        Raises:
            Taken: The id is.
        """
        try:
            return self._insert(_INSERT, type, id or str(uuid.uuid4()), attributes)
        except sqlite3.IntegrityError:
            raise Taken(f"Saved object [{type}/{id}] conflict") from None

    def put(self, type: str, id: str, attributes: Mapping[str, Any]) -> SavedObject:
        """The object with these *attributes*, whether there was one or not."""
        return self._insert(_UPSERT, type, id, attributes)

    def get(self, type: str, id: str) -> SavedObject:
        """The object.

        Raises:
            Absent: There is none.
        """
        return self._one("SELECT * FROM object WHERE type = ? AND id = ?", type, id)

    def delete(self, type: str, id: str) -> SavedObject:
        """The object, which is no longer there.

        Raises:
            Absent: There was none.
        """
        return self._one("DELETE FROM object WHERE type = ? AND id = ? RETURNING *", type, id)

    def find(
        self, *, type: str | None = None, search: str, sort: Sort, page: int, per_page: int
    ) -> tuple[int, list[SavedObject]]:
        """How many objects have *search* in their title, and one page of them; pages count from 1."""
        where = " FROM object WHERE (? IS NULL OR type = ?) AND instr(lower(title), lower(?)) > 0"
        order = f" ORDER BY {ORDERS[sort]} LIMIT ? OFFSET ?"
        wanted = (type, type, search)
        [[total]] = self._rows("SELECT count(*)" + where, wanted)
        rows = self._rows("SELECT *" + where + order, (*wanted, per_page, (page - 1) * per_page))
        return total, [_saved_object(row) for row in rows]

    def each(self, type: str | None = None) -> Iterator[SavedObject]:
        """All objects, or those of *type*, in the order they were created; one is held at a time."""
        statement = "SELECT * FROM object WHERE ? IS NULL OR type = ? ORDER BY sequence"
        return map(_saved_object, self._connection.execute(statement, (type, type)))

    def count(self) -> dict[str, int]:
        """How many objects there are of each type."""
        return dict(self._rows("SELECT type, count(*) FROM object GROUP BY type ORDER BY type"))

    def _insert(self, statement: str, type: str, id: str, attributes: Mapping[str, Any]) -> SavedObject:
        [[version]] = self._rows("UPDATE counter SET version = version + 1 RETURNING version")
        created_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        values = (type, id, version, created_at, json.dumps(attributes), attributes["title"])
        [row] = self._rows(statement, values)
        return _saved_object(row)

    def _one(self, statement: str, type: str, id: str) -> SavedObject:
        rows = self._rows(statement, (type, id))
        if not rows:
            raise Absent(f"Saved object [{type}/{id}] not found")
        return _saved_object(rows[0])

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()


def _saved_object(row: sqlite3.Row) -> SavedObject:
    attributes = json.loads(row["attributes"])
    return SavedObject(row["type"], row["id"], row["version"], row["created_at"], attributes)


# Those who read see the state in which they began, whatever is written meanwhile.
_TABLES: Final = """
PRAGMA journal_mode = WAL;
CREATE TABLE counter (version INTEGER);
INSERT INTO counter VALUES (0);
CREATE TABLE object (
    sequence INTEGER PRIMARY KEY, type TEXT, id TEXT, version INTEGER, created_at TEXT, attributes TEXT,
    title TEXT, UNIQUE (type, id)
);
"""
_INSERT: Final = (
    "INSERT INTO object (type, id, version, created_at, attributes, title) VALUES (?, ?, ?, ?, ?, ?)"
    " RETURNING *"
)
_UPSERT: Final = (
    "INSERT INTO object (type, id, version, created_at, attributes, title) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (type, id) DO UPDATE"
    " SET version = excluded.version, attributes = excluded.attributes, title = excluded.title"
    " RETURNING *"
)
