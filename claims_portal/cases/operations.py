"""Migration operations of the case tables."""

from __future__ import annotations

from django.db.migrations import RunSQL


class WriteEventsOnce(RunSQL):
    """Have PostgreSQL refuse every change of an event table, but for the erasure of its words.

    A trigger and not a right: the portal's own account owns the table. The function is made by the first migration of
    `claims_portal.cases`.
    """

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            f"CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION cases_event_is_final();",
            f"DROP TRIGGER {table}_is_final ON {table};",
        )

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return self.__class__.__name__, [self.table], {}

    def describe(self) -> str:
        return f"Write the rows of {self.table} once"
