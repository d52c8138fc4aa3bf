"""Rows that only services write."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .lists import PortalAdmin


class ReadOnlyAdmin(PortalAdmin):
    """Nobody adds, edits or deletes these rows in the back-office, not even a superuser."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
