"""Keep the SQL that Django compiles for a queryset, and run it again with other parameters.

Compiling a queryset with joins takes Django several times longer than PostgreSQL needs to answer it. A `CompiledQuery`
compiles its queryset at the first use; later calls only pass other parameters. The queryset stays the one place that
says what is read. See docs/adr/0009-sql-of-frequent-queries-is-kept.md.

This is the one module that uses undocumented parts of Django: the SQL compiler and the functions that turn its rows
into objects. `check_compiled_queries` reports it when a new version of Django changes them, and
`COMPILED_QUERIES=0` runs the plain querysets meanwhile.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from django import get_version as django_version
from django.conf import settings
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import query as django_query
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")
Converters = list[tuple[int, Callable[..., Any], Any]]

_compiled_queries: WeakSet[CompiledQuery[Any]] = WeakSet()


@models.BigAutoField.register_lookup
@models.ForeignKey.register_lookup
class Among(models.Lookup):
    """`complaint__among=keys`: like `in`, with one parameter for any number of keys, so that the SQL can be kept."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*parameters, self.rhs]


class ParameterNotFoundError(Exception):
    """A value given to the queryset is not a parameter of its SQL, so that another value could not replace it."""


@dataclass(frozen=True)
class _Statement:
    """Compiled SQL, its parameters, and how to turn a row into an object.

    A parameter is the name of an argument, or "" and a constant value. Without a model, a row becomes a tuple.
    """

    sql: str
    parameters: list[tuple[str, Any]]
    has_lock: bool
    converters: Converters
    model: type[models.Model] | None = None
    field_names: Sequence[str] = ()
    columns: slice = field(default_factory=lambda: slice(0))
    populators: Sequence[Any] = ()
    annotations: Sequence[tuple[str, int]] = ()

    def build_objects(self, rows: list[tuple[Any, ...]]) -> Iterator[Any]:
        """Yield what the queryset would yield for these rows of the database."""
        connection = connections[DEFAULT_DB_ALIAS]
        for row in rows:
            values = list(row)
            for position, convert, expression in self.converters:
                values[position] = convert(values[position], expression, connection)
            if self.model is None:
                yield tuple(values)
                continue
            instance = self.model.from_db(DEFAULT_DB_ALIAS, self.field_names, values[self.columns])
            for populator in self.populators:
                populator.populate(values, instance)
            for name, position in self.annotations:
                setattr(instance, name, values[position])
            yield instance


class CompiledQuery(Generic[Row]):
    """A queryset of objects, or of tuples (`values_list`), that is compiled once.

        live_draft = CompiledQuery(lambda pk, now: Draft.objects.live(now).filter(pk=pk), pk=UUID, now=datetime)
        draft = live_draft.first(pk=draft_id, now=timezone.now())

    Each argument is named with its type: int, str, UUID, date, datetime, or list of keys (`among`). Everything that
    changes from one call to the next must be an argument: a clock, a user or a setting that the queryset reads by
    itself would be kept with the SQL. `select_related`, annotations and `select_for_update` work; prefetching does not.
    """

    def __init__(self, build_queryset: Callable[..., models.QuerySet[Any, Row]], **types: type) -> None:
        self._build_queryset = build_queryset
        self._types = types
        self._statement: _Statement | None = None
        _compiled_queries.add(self)

    def rows(self, **values: Any) -> list[Row]:
        """Return what the queryset finds with these values, in its order."""
        if not settings.COMPILED_QUERIES:
            return list(self._build_queryset(**values))
        if self._statement is None:
            self._statement = self.compile()
        connection = connections[DEFAULT_DB_ALIAS]
        if self._statement.has_lock and not connection.in_atomic_block:
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        parameters = [values[name] if name else value for name, value in self._statement.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self._statement.sql, parameters)
            return list(self._statement.build_objects(cursor.fetchall()))

    def first(self, **values: Any) -> Row | None:
        """Return the first row, or None. Every row is fetched: use it where the queryset finds one at most."""
        found = self.rows(**values)
        return found[0] if found else None

    def has_lock(self) -> bool:
        """Return whether the queryset locks its rows; Django compiles such a queryset in a transaction only."""
        return bool(self._build_queryset(**self._build_placeholders()).query.select_for_update)

    def compile(self) -> _Statement:
        """Let Django compile the queryset with placeholders, and find where they are among the parameters.

        ParameterNotFoundError when one of them is not.
        """
        placeholders = self._build_placeholders()
        queryset = self._build_queryset(**placeholders)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = compiler.as_sql()
        parameters = [(_find_name(value, placeholders), value) for value in values]
        missing = placeholders.keys() - {name for name, _value in parameters}
        if missing:
            raise ParameterNotFoundError(", ".join(sorted(missing)))
        converters = compiler.get_converters([column[0] for column in compiler.select])
        return _Statement(
            sql=sql,
            parameters=parameters,
            has_lock=compiler.query.select_for_update,
            converters=[
                (position, convert, expression)
                for position, (functions, expression) in converters.items()
                for convert in functions
            ],
            **(_describe_objects(compiler) if queryset._fields is None else {}),  # type: ignore[attr-defined]
        )

    def _build_placeholders(self) -> dict[str, Any]:
        return {name: _build_placeholder(kind, number) for number, (name, kind) in enumerate(self._types.items())}


def _build_placeholder(kind: type, number: int) -> Any:
    """Return a value of this type that no queryset contains by itself."""
    if kind is int:
        return 1_979_000_000 + number
    if kind is list:
        return [1_979_000_000 + number]
    if kind is datetime:
        return datetime(1789, 7, 14, tzinfo=UTC) + timedelta(days=number)
    if kind is date:
        return date(1789, 7, 14) + timedelta(days=number)
    return uuid.uuid4() if kind is uuid.UUID else f"placeholder-{uuid.uuid4()}"


def _find_name(value: Any, placeholders: dict[str, Any]) -> str:
    """Return the name of the argument whose placeholder this is; "" for a constant."""
    return next((name for name, other in placeholders.items() if type(other) is type(value) and other == value), "")


def _describe_objects(compiler: Any) -> dict[str, Any]:
    """Return the parts of a `_Statement` that say how its rows become objects with relations and annotations."""
    select, info = compiler.select, compiler.klass_info
    columns = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
    return {
        "model": info["model"],
        "field_names": [column[0].target.attname for column in select[columns]],
        "columns": columns,
        "populators": django_query.get_related_populators(info, select, DEFAULT_DB_ALIAS),  # type: ignore[call-arg]
        "annotations": list(compiler.annotation_col_map.items()),
    }


@checks.register(checks.Tags.compatibility)
def check_compiled_queries(**kwargs: Any) -> list[checks.CheckMessage]:
    """Compile every query that locks nothing, and report the first that this version of Django refuses."""
    if not settings.COMPILED_QUERIES:
        return []
    try:
        for compiled_query in list(_compiled_queries):
            if not compiled_query.has_lock():
                compiled_query.compile()
    except (ArithmeticError, AttributeError, LookupError, ParameterNotFoundError, TypeError, ValueError) as error:
        return [
            checks.Error(
                f"CompiledQuery does not work with Django {django_version()}: {type(error).__name__}: {error}.",
                hint="Set COMPILED_QUERIES=0 to run plain querysets, and adapt claims_portal/compiled_query.py.",
                id="claims_portal.E001",
            )
        ]
    return []
