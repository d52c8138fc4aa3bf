"""Queries that Django writes once and PostgreSQL plans once, for pages that people open all the time.

Django takes several times longer to write the SQL of a query with joins than PostgreSQL to answer it, and PostgreSQL
longer to plan it than to run it. A `Prepared` keeps that SQL, and the way from rows to objects; each connection keeps
its plan (`PREPARE`); each call only gives other values. The queryset stays the one place that says what is read:
nothing here is written by hand.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError
from psycopg2.extensions import AsIs

Row = TypeVar("Row")
Converters = list[tuple[int, Callable[..., Any], Any]]

TYPES = {int: "bigint", list: "bigint[]", str: "text", uuid.UUID: "uuid", date: "date", datetime: "timestamptz"}

# Under which name each connection to PostgreSQL keeps the plan of a query. A name is never used twice: it may have
# been given by a transaction that failed afterwards.
_plans: WeakKeyDictionary[Any, dict[Prepared[Any], str]] = WeakKeyDictionary()
_names = map("portal_{}".format, itertools.count())


@models.BigAutoField.register_lookup
@models.ForeignKey.register_lookup
class Among(models.Lookup):
    """`complaint__among=keys`: as `in`, by one parameter however many keys there are, so that the SQL can be kept."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*parameters, self.rhs]


def _stand_in(kind: type, number: int) -> Any:
    """A value of this kind that no query holds by itself: it shows where a value goes."""
    if kind is int:
        return 1_979_000_000 + number
    if kind is list:
        return [1_979_000_000 + number]
    if kind is datetime:
        return datetime(1789, 7, 14, tzinfo=UTC) + timedelta(days=number)
    if kind is date:
        return date(1789, 7, 14) + timedelta(days=number)
    return uuid.uuid4() if kind is uuid.UUID else f"stand-in-{uuid.uuid4()}"


@dataclass(frozen=True)
class _Written:
    """One query: its SQL, its parameters (a name, or a value that is always the same), and what its rows become:
    objects of a model, or tuples where there is none."""

    sql: str
    parameters: list[tuple[str, Any]]
    locks: bool
    converters: Converters
    model: type[models.Model] | None = None
    names: Sequence[str] = ()
    columns: slice = field(default_factory=lambda: slice(0))
    populators: Sequence[Any] = ()
    annotations: Sequence[tuple[str, int]] = ()

    def objects(self, rows: list[tuple[Any, ...]]) -> Iterator[Any]:
        connection = connections[DEFAULT_DB_ALIAS]
        for row in rows:
            values = list(row)
            for position, convert, expression in self.converters:
                values[position] = convert(values[position], expression, connection)
            if self.model is None:
                yield tuple(values)
                continue
            found = self.model.from_db(DEFAULT_DB_ALIAS, self.names, values[self.columns])
            for populator in self.populators:
                populator.populate(values, found)
            for name, position in self.annotations:
                setattr(found, name, values[position])
            yield found


def _objects(compiler: Any) -> dict[str, Any]:
    """Where the columns of the object stand in a row, what fills its relations, what else it is told."""
    select, info = compiler.select, compiler.klass_info
    columns = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
    return {
        "model": info["model"],
        "names": [each[0].target.attname for each in select[columns]],
        "columns": columns,
        "populators": get_related_populators(info, select, DEFAULT_DB_ALIAS),  # type: ignore[call-arg]
        "annotations": list(compiler.annotation_col_map.items()),
    }


class Prepared(Generic[Row]):
    """A queryset of objects, or of tuples (`values_list`), written at its first use.

        live = Prepared(lambda pk, now: Draft.objects.filter(pk=pk, expires_at__gt=now), pk=UUID, now=datetime)
        draft = live.first(pk=draft_id, now=timezone.now())

    Each argument is named with its type: int, str, UUID, date, datetime, or list of keys (`among`). Joins by
    `select_related`, annotations and `select_for_update` are kept; prefetching is not. A clock, a user or a setting
    that the queryset reads by itself would be kept too: give them as arguments.
    """

    def __init__(self, queryset: Callable[..., models.QuerySet[Any, Row]], **kinds: type) -> None:
        self._queryset = queryset
        self._kinds = kinds
        self._written: _Written | None = None

    def rows(self, **values: Any) -> list[Row]:
        """What the queryset finds with these values, in its order."""
        written = self._written or self._write()
        connection = connections[DEFAULT_DB_ALIAS]
        if written.locks and not connection.in_atomic_block:
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        with connection.cursor() as cursor:
            self._execute(cursor, written, values)
            return list(written.objects(cursor.fetchall()))

    def first(self, **values: Any) -> Row | None:
        """The first that the queryset finds; every row is read, so that it is meant for queries of one."""
        found = self.rows(**values)
        return found[0] if found else None

    def _execute(self, cursor: Any, written: _Written, values: dict[str, Any]) -> None:
        """Ask by the plan that this connection keeps; the first time, give it in the same round trip.

        Behind a pool which gives each transaction another connection there is nothing to keep (settings/database.py).
        """
        if cursor.db.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
            cursor.execute(written.sql, [values[name] if name else value for name, value in written.parameters])
            return
        kept = _plans.setdefault(cursor.connection, {})
        name, prepare = kept.get(self), ""
        if name is None:
            name = next(_names)
            places = {kind: AsIs(f"${number}") for number, kind in enumerate(self._kinds, start=1)}
            asked = cursor.mogrify(written.sql, [places.get(kind, value) for kind, value in written.parameters])
            types = f"({', '.join(TYPES[kind] for kind in self._kinds.values())})" if self._kinds else ""
            prepare = f"PREPARE {name} {types} AS {asked.decode().replace('%', '%%')}; "
        given = f"({', '.join('%s' for _ in self._kinds)})" if self._kinds else ""
        cursor.execute(f"{prepare}EXECUTE {name} {given}", [values[each] for each in self._kinds])
        kept[self] = name

    def _write(self) -> _Written:
        """Let Django write the query with stand-ins, and see where they went."""
        stand_ins = {name: _stand_in(kind, number) for number, (name, kind) in enumerate(self._kinds.items())}
        queryset = self._queryset(**stand_ins)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters([each[0] for each in compiler.select])
        self._written = _Written(
            sql=sql,
            parameters=[self._placed(value, stand_ins) for value in parameters],
            locks=compiler.query.select_for_update,
            converters=[
                (position, convert, expression)
                for position, (several, expression) in converters.items()
                for convert in several
            ],
            **(_objects(compiler) if queryset._fields is None else {}),  # type: ignore[attr-defined]
        )
        return self._written

    @staticmethod
    def _placed(value: Any, stand_ins: dict[str, Any]) -> tuple[str, Any]:
        name = next((name for name, each in stand_ins.items() if type(each) is type(value) and each == value), "")
        return name, value
