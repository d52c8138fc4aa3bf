"""Rows of several kinds, written together: two round trips to PostgreSQL, and SQL that is written once a model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

Model = type[models.Model]
Statement = tuple[str, Sequence[Any]]  # SQL and its values
# Values of these types go to PostgreSQL as they are: Django looks at each through four functions to say so.
_AS_IT_IS: dict[type, type] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.ForeignKey: int,
    models.BigAutoField: int,
}


@cache
def _head(model: Model, without_key: bool) -> tuple[str, str]:
    """« INSERT INTO … VALUES », and the place of one row."""
    quote = connection.ops.quote_name
    columns = [quote(field.column) for field in _fields(model, without_key)]
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) VALUES ", f"({places})"  # noqa: S608 - our own tables


def _fields(model: Model, without_key: bool) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if not (without_key and field.primary_key)]


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
    head, place = _head(model, without_key)
    fields = _fields(model, without_key)
    here = connections[DEFAULT_DB_ALIAS]  # looked up once, not by each field
    values = []
    for each in objects:
        each._prepare_related_fields_for_save(operation_name="insert")
        values += [_prepared(field, field.pre_save(each, True), here) for field in fields]
    return head + ", ".join([place] * len(objects)), values


def _prepared(field: Any, value: Any, here: Any) -> Any:
    as_it_is = _AS_IT_IS.get(type(field)) is type(value)
    return value if as_it_is else field.get_db_prep_save(value, here)
