"""Admin pages of what makes a desk: saving or deleting there raises the version of the desks concerned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from claims_portal.backoffice.lists import PortalAdmin

from .models import Desk
from .services import desk_changed


class DeskPartAdmin(PortalAdmin):
    """Subclasses say which desks a row belongs to."""

    def desks_of(self, part: Any) -> Iterable[Desk]:
        """Return the desks whose pages show this row."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        # Moved from one desk to another, a row changes both.
        before = self.model._base_manager.filter(pk=obj.pk).first() if change else None
        left = list(self.desks_of(before)) if before else []
        super().save_model(request, obj, form, change)
        desk_changed(desks=[*left, *self.desks_of(obj)])

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        desks = list(self.desks_of(obj))
        super().delete_model(request, obj)
        desk_changed(desks=desks)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        desks = [desk for part in queryset for desk in self.desks_of(part)]
        super().delete_queryset(request, queryset)
        desk_changed(desks=desks)
