"""The contracts and members of a demonstration, taken in as any list is."""

from __future__ import annotations

from pathlib import Path

from .models import Member, Policy
from .services.catalogue import load_policies
from .services.importing import apply_import
from .tables import read_table

CATALOGUE = Path(__file__).parent / "catalogue"


def load_membership(*, refresh: bool = False) -> None:
    """Load the policies once, and their members; what staff have changed since then stays, unless `refresh`."""
    if refresh or not Policy.objects.exists():
        load_policies(folder=CATALOGUE)
    if Member.objects.exists():
        return
    for path in sorted((CATALOGUE / "demo").glob("*.csv")):
        plan = apply_import(policy=Policy.objects.get(number=path.stem), table=read_table(path.read_bytes()))
        if plan.problems:
            raise ValueError(f"{path.name}: {plan.problems[0]}")
