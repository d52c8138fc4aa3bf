"""What a desk promises, and the times during which it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims_portal.cases.workflow import WaitingOn
from claims_portal.deadlines.models import Delay

if TYPE_CHECKING:
    from typing import Self


class CaseClockQuerySet(models.QuerySet[Any]):
    def current(self) -> Self:
        """Return the clocks of the round in which the case is now."""
        return self.filter(round=F("case__round"))

    def promised(self) -> Self:
        """Return the running promises of the desk."""
        return self.filter(stopped_at=None, is_promise=True)

    def ticking(self) -> Self:
        """Return the promises that run now: those that pause stand still while the person is asked for more."""
        pauses = self.model._meta.get_field("case").related_model._meta.get_field("pauses").related_model
        asked = Exists(pauses._default_manager.filter(case=OuterRef("case"), ended_at=None))
        return self.promised().exclude(Q(asked, can_pause=True))

    def overdue_unescalated(self) -> Self:
        """Return the overdue promises of which the desk was not told yet."""
        return self.promised().filter(escalated_at=None, case__waiting_on=WaitingOn.DESK, due_at__lt=timezone.now())


class CaseClock(models.Model):
    """A delay that runs on a case, with its due moment and how it was counted (BEYOND N7).

    Concrete classes declare `case` (reverse name « clocks »), the choices of `kind`, and `CLOCK_META` indexes.
    A promise is what the desk has to do by then; the others tell the person how long they may act. A case that is
    reopened begins another round: the clocks of the first one stay, with their lateness.
    """

    case: Any
    kind = models.CharField(_("nature"), max_length=20)
    round = models.PositiveSmallIntegerField(_("tour"), default=1)
    is_promise = models.BooleanField(_("engagement du service"), default=True)
    can_pause = models.BooleanField(_("suspendu pendant une demande de complément"), default=False)
    delay = models.ForeignKey(Delay, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)  # whoever must act was told that it ends soon
    escalated_at = models.DateTimeField(null=True, blank=True)  # the desk was told that it is over
    explanation = models.JSONField()

    objects = CaseClockQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar = ["due_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "kind", "round"], name="%(class)s_once_a_round"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                name="%(class)s_promised",
                condition=Q(stopped_at__isnull=True, is_promise=True),
            ),
            # Old lateness is not read again every quarter of an hour.
            models.Index(
                fields=["due_at"],
                name="%(class)s_to_escalate",
                condition=Q(stopped_at__isnull=True, is_promise=True, escalated_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.due_at:%Y-%m-%d}"

    @property
    def is_late(self) -> bool:
        """Whether the promise was, or is, kept after its due moment."""
        return self.is_promise and (self.stopped_at or timezone.now()) > self.due_at


class CasePause(models.Model):
    """A time during which the desk waits for the person, and the clocks that pause stand still.

    Concrete classes declare `case` (reverse name « pauses »).
    """

    case: Any
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["started_at"]
        constraints: ClassVar = [
            models.UniqueConstraint("case", condition=Q(ended_at__isnull=True), name="%(class)s_open_once"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d} – {self.ended_at or '…'}"
