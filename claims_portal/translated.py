"""Texts that staff write once a language: `name = Translated()` reads `name_fr` or `name_ar`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language


class Translated:
    """The text in the active language, in French where it is not translated yet."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        text = getattr(instance, f"{self.name}_{get_language() or 'fr'}", "")
        return text or getattr(instance, f"{self.name}_fr")
