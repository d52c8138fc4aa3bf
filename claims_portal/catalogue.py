"""Rows written as data: TOML files whose tables become rows, each checked by its model."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

LANGUAGES = {"fr", "ar"}


class CatalogueError(Exception):
    """A file of the catalogue cannot be taken; the sentence names the file, the table and the reason."""


@dataclass
class Table:
    """One table of a file, and the words that say where it stands."""

    place: str
    values: dict[str, Any]

    def error(self, reason: str) -> CatalogueError:
        return CatalogueError(f"{self.place} : {reason}")

    def tables(self, key: str) -> list[Table]:
        """Take the tables under this key out of this one, in the file's order."""
        found = self.values.pop(key, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self.error(_("« %(key)s » doit être une suite de tables.") % {"key": key})
        return [
            Table(
                f"{self.place}, {key} « {each.get('code') or each.get('field') or each.get('kind') or number} »", each
            )
            for number, each in enumerate(found, start=1)
        ]

    def table(self, key: str) -> Table | None:
        """Take the one table under this key out of this one."""
        found = self.values.pop(key, None)
        if found is not None and not isinstance(found, dict):
            raise self.error(_("« %(key)s » doit être une table.") % {"key": key})
        return None if found is None else Table(f"{self.place}, {key}", found)

    def columns(self) -> dict[str, Any]:
        """The values by column: `name = { fr = …, ar = … }` becomes name_fr and name_ar, both needed."""
        flat: dict[str, Any] = {}
        for key, value in self.values.items():
            if not isinstance(value, dict):
                flat[key] = value
                continue
            if set(value) != LANGUAGES or not all(isinstance(text, str) and text.strip() for text in value.values()):
                raise self.error(_("« %(key)s » demande un texte en français et un en arabe.") % {"key": key})
            flat |= {f"{key}_{language}": text.strip() for language, text in value.items()}
        return flat

    def finish(self) -> None:
        """CatalogueError if something was left that nobody took."""
        for key in self.values:
            raise self.error(_("« %(key)s » n’est pas connu ici.") % {"key": key})


def read(path: Path) -> Table:
    """The tables of one file; CatalogueError when it is missing or no TOML."""
    try:
        return Table(path.name, tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise CatalogueError(_("%(file)s : ce fichier manque.") % {"file": path.name}) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(
            _("%(file)s : ce fichier n’est pas du TOML valide (%(reason)s).") % {"file": path.name, "reason": error}
        ) from error


class Writer:
    """Writes rows through their own validation, and remembers whether one changed.

    `refusal` may say why a row that exists must not change: a sentence, or "" when it may.
    """

    def __init__(self, refusal: Callable[[models.Model], str] = lambda row: "") -> None:
        self.changed = False
        self.refusal = refusal

    def named(self, model: type[models.Model], code: object, table: Table) -> Any:
        """The row with this code; CatalogueError when there is none."""
        row = model._default_manager.filter(code=str(code)).first()
        if row is None:
            words = {"what": model._meta.verbose_name, "code": code}
            raise table.error(_("%(what)s « %(code)s » : ce code n’existe pas.") % words)
        return row

    def write(self, model: type[models.Model], table: Table, *, by: tuple[str, ...], **given: Any) -> Any:
        """Create or bring up to date the row found by the columns `by`. CatalogueError when it is not valid.

        Columns that point to another row hold its code in the file.
        """
        columns = given | table.columns()
        fields = {field.name: field for field in model._meta.concrete_fields if field.editable}
        for name, value in columns.items():
            if name not in fields:
                raise table.error(_("« %(key)s » n’est pas connu ici.") % {"key": name})
            related = fields[name].related_model
            if isinstance(related, type) and value is not None and not isinstance(value, models.Model):
                columns[name] = self.named(related, value, table)
        for name in by:
            if name not in columns:
                raise table.error(_("il manque « %(key)s ».") % {"key": name})
        try:
            row = model._default_manager.filter(**{name: columns[name] for name in by}).first() or model()
            self._save(row, columns, table)
        except ValidationError as error:
            raise table.error(_reason(error)) from error
        except (TypeError, ValueError) as error:
            raise table.error(_("une valeur n’a pas le bon type (%(reason)s).") % {"reason": error}) from error
        return row

    def _save(self, row: models.Model, columns: dict[str, Any], table: Table) -> None:
        before = _stored(row)
        for name, value in columns.items():
            setattr(row, name, value)
        row.full_clean()
        if row.pk and _stored(row) == before:
            return
        if row.pk and (reason := self.refusal(row)):
            raise table.error(reason)
        row.save()
        self.changed = True


def _stored(row: models.Model) -> dict[str, Any]:
    """The row's values as its columns hold them."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _reason(error: ValidationError) -> str:
    """The messages of a refused row, each with its column."""
    return " ".join(
        f"« {name} » {message}" if name != "__all__" else message
        for name, messages in error.message_dict.items()
        for message in messages
    )
