"""What checkers must refuse: mypy and pyright report it if a line marked here becomes fine."""

from typing import TypedDict

from kbn_schema import Schema, schema


class FindQuery(TypedDict):
    page: int


find_query: Schema[FindQuery] = schema.object({"page": schema.integer()})
find_query.validate({})["pgae"]  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]

text: int = schema.string().validate("a") + 1  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
schema.string(min_lenght=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
schema.string(min_length="1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
schema.string(1)  # type: ignore[call-arg, arg-type]  # pyright: ignore[reportCallIssue]
schema.string(default=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
schema.object({"a": 1})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
schema.object({"a": schema.string}, unknowns="drop")  # type: ignore[dict-item, arg-type]  # pyright: ignore[reportArgumentType]
schema.array_of(schema.integer(), default="a")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
schema.array_of(schema.integer(), mni_size=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
schema.maybe(schema.string(), default="a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
schema.never(default=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]

wrong: Schema[int] = schema.string()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
narrower: Schema[int] = schema.number()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
