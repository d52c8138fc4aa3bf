from django.contrib import admin

from claims_portal.backoffice.cases.pages import CaseAdmin

from .models import Suggestion


@admin.register(Suggestion)
class SuggestionAdmin(CaseAdmin):
    searched = {"email": str}
