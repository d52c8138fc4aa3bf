"""Roles: groups of permissions. Code asks for permissions, never for a role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import Group, Permission
from django.db import transaction


@transaction.atomic
def ensure_roles(*, roles: Mapping[str, Iterable[str]], refresh: bool = False) -> None:
    """Make the groups of these names, with their permissions (« app.codename »).

    Once they all exist they are the administrator's to change, unless `refresh` puts them back as given.
    LookupError for a permission that does not exist.
    """
    if not refresh and Group.objects.filter(name__in=roles).count() == len(roles):
        return
    known = {f"{app}.{name}": key for key, app, name in _permissions()}
    for role, names in roles.items():
        group, _created = Group.objects.get_or_create(name=role)
        group.permissions.set([known[name] for name in names])


def _permissions() -> Iterable[tuple[int, str, str]]:
    return Permission.objects.values_list("pk", "content_type__app_label", "codename")
