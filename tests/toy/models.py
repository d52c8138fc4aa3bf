from django.db import models

from claims_portal.cases import models as cases

from .workflow import State, workflow


class Suggestion(cases.Case):
    workflow = workflow
    state = models.CharField(max_length=20, choices=State, default=State.RECEIVED)
    author = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    objects = cases.CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "suggestion"
        verbose_name_plural = "suggestions"
        permissions = [("handle", "Peut traiter les suggestions")]

    @property
    def person_name(self) -> str:
        return self.author


class SuggestionEvent(cases.CaseEvent):
    case = models.ForeignKey(Suggestion, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=30, choices=cases.CommonEvent)


class SuggestionDocument(cases.CaseDocument):
    case = models.ForeignKey(Suggestion, models.CASCADE, related_name="documents")
    event = models.ForeignKey(SuggestionEvent, models.PROTECT, related_name="documents", null=True)


class SuggestionClock(cases.CaseClock):
    case = models.ForeignKey(Suggestion, models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=20, choices=[("answer", "Répondre avant le")])


class SuggestionPause(cases.CasePause):
    case = models.ForeignKey(Suggestion, models.CASCADE, related_name="pauses")


class SuggestionDisposal(cases.CaseDisposal):
    case = models.OneToOneField(Suggestion, models.PROTECT, related_name="disposal")
