"""Rows of several kinds, written together: two round trips to PostgreSQL, and SQL that is written once a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

Model = type[models.Model]
Statement = tuple[str, Sequence[Any]]  # SQL and its values
# Values of these types, and None, go to PostgreSQL as they are: Django looks at each through four functions to say so.
_AS_IT_IS: dict[type, type] = {
    models.CharField: str,
    models.EmailField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.DateField: date,
    models.DateTimeField: datetime,
    models.UUIDField: UUID,
    models.ForeignKey: int,
    models.PositiveSmallIntegerField: int,
    models.BigAutoField: int,
}


@dataclass(frozen=True)
class _Written:
    """How rows of a model are inserted: « INSERT INTO … VALUES », the place of one row, its fields.

    Each field comes with the type of values that need nothing done, None where Django must prepare them all.
    """

    head: str
    place: str
    fields: list[tuple[Any, str, type | None]]


@cache
def _written(model: Model, without_key: bool) -> _Written:
    quote = connection.ops.quote_name
    fields: list[Any] = [
        field for field in model._meta.local_concrete_fields if not (without_key and field.primary_key)
    ]
    columns = ", ".join(quote(field.column) for field in fields)
    return _Written(
        head=f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ",  # noqa: S608 - our own tables
        place=f"({', '.join(['%s'] * len(fields))})",
        fields=[(field, field.attname, _as_it_is(field)) for field in fields],
    )


def _as_it_is(field: Any) -> type | None:
    filled_in = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return None if filled_in else _AS_IT_IS.get(type(field))


@cache
def _next_key(model: Model) -> str:
    """The SQL that draws a key of this model; "" when the object brings its own (a UUID)."""
    key: Any = model._meta.pk
    if not isinstance(key, models.AutoField | models.BigAutoField):
        return ""
    return f"nextval(pg_get_serial_sequence('{connection.ops.quote_name(model._meta.db_table)}', '{key.column}'))"


def insert_together(objects: Sequence[models.Model]) -> None:
    """Insert new objects of any models, in this order; call it in the transaction they belong to.

    An object may refer to one that comes before it and has no key yet: the keys are drawn first. As with
    `bulk_create`, `save()` is not called. For plain columns: no arrays, no inheritance, no generated fields.
    """
    run_together(inserts_of(objects))


def inserts_of(objects: Sequence[models.Model]) -> list[Statement]:
    """What `insert_together` would run, for who has more to send in the same round trip; the keys are drawn here."""
    _draw_keys([each for each in objects if each.pk is None])
    statements = []
    for model, several in groupby(objects, key=type):
        statements.append(_insert(model, list(several)))
    for each in objects:
        each._state.adding, each._state.db = False, DEFAULT_DB_ALIAS
    return statements


def run_together(statements: Sequence[Statement]) -> list[tuple[Any, ...]]:
    """Run statements in one round trip; gives the rows of the last one, none when it returns none."""
    if not statements:
        return []
    sql = "; ".join(statement for statement, _values in statements)
    values = [value for _statement, several in statements for value in several]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def insert_unless_there(objects: Sequence[models.Model], *, after: Sequence[Statement] = ()) -> bool:
    """Insert new objects of one model, in one round trip. False when a unique constraint left one of them out.

    Those that were inserted have their key afterwards. `after` are statements to run before, in the same round trip.
    """
    model = type(objects[0])
    statement, values = _insert(model, objects, without_key=True)
    primary: Any = model._meta.pk
    key = connection.ops.quote_name(primary.column)
    keys = run_together([*after, (f"{statement} ON CONFLICT DO NOTHING RETURNING {key}", values)])
    if len(keys) < len(objects):
        return False
    for each, (given,) in zip(objects, keys, strict=True):
        each.pk = given
        each._state.adding, each._state.db = False, DEFAULT_DB_ALIAS
    return True


def insert_unhurried(each: models.Model) -> None:
    """Insert one new object that brings its key, in one round trip whose commit does not wait for the disk.

    As `claims_portal.unhurried` does in four; inside another transaction, that one decides.
    """
    # Sent together, both are one transaction.
    quickly: list[Statement] = [("SELECT set_config('synchronous_commit', 'off', true)", [])]
    run_together([*([] if connection.in_atomic_block else quickly), _insert(type(each), [each])])
    each._state.adding, each._state.db = False, DEFAULT_DB_ALIAS


def _draw_keys(objects: Sequence[models.Model]) -> None:
    if objects:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(_next_key(type(each)) for each in objects))
            for each, key in zip(objects, cursor.fetchone(), strict=True):
                each.pk = key


def _insert(model: Model, objects: Sequence[Any], *, without_key: bool = False) -> Statement:
    """One statement for rows of one model, with their values as Django would save them."""
    written = _written(model, without_key)
    here = connections[DEFAULT_DB_ALIAS]  # looked up once, not by each field
    values = []
    for each in objects:
        each._prepare_related_fields_for_save(operation_name="insert")
        for field, name, kind in written.fields:
            value = each.__dict__.get(name, field)
            if kind is None or not (value is None or type(value) is kind):
                value = field.get_db_prep_save(field.pre_save(each, True), here)
            values.append(value)
    return written.head + ", ".join([written.place] * len(objects)), values
