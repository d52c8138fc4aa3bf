"""A member as staff type one: what a list must hold to be taken in holds here too."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.confirmation import recently_confirmed
from claims_portal.identifiers import CinField, PersonNameField, RibField, compact
from membership.models import Member
from membership.numbers import well_formed
from membership.services.sensitive_changes import LABELS, Difference, differences, digest


class MemberForm(forms.ModelForm):
    """Number and CIN in the form in which the member types them to come in; a RIB whose key is right."""

    cin = CinField(
        label=_("CIN"),
        error_messages={"required": _("Indiquez la CIN de l’adhérent : il la donne pour se connecter.")},
    )
    last_name = PersonNameField(label=_("Nom"))
    first_name = PersonNameField(label=_("Prénom"))
    rib = RibField(label=_("RIB"), required=False)
    confirmed_changes = forms.CharField(required=False, widget=forms.HiddenInput)  # what was shown before and after
    request: HttpRequest  # set by the admin class

    class Meta:
        model = Member
        fields: ClassVar = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"last_name", "first_name", "rib"} & self.fields.keys():  # none of them for who may only look
            self.fields[name].widget.attrs["class"] = "vTextField"  # as wide as the admin's own

    def clean_number(self) -> str:
        return compact(self.cleaned_data["number"]).upper()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        policy, number = given.get("policy"), given.get("number")
        if policy and number is not None and not well_formed(policy, number):
            self.add_error("number", _("Ce numéro n’a pas la forme des numéros de cette police."))
        begins, ends = given.get("rights_from"), given.get("rights_to")
        if begins and ends and ends < begins:
            self.add_error("rights_to", _("La fin des droits précède leur début."))
        if self.instance.pk and not self.errors:
            stored = Member.objects.get(pk=self.instance.pk)
            if found := differences(stored, {name: given[name] for name in LABELS if name in given}):
                self.ask_confirmation(found)
        return given

    def ask_confirmation(self, found: list[Difference]) -> None:
        """Show what changes before it does; take it once these very changes come back from a confirmed person."""
        expected = digest(found)
        confirmed = recently_confirmed(self.request)
        if not (confirmed and self.cleaned_data.get("confirmed_changes") == expected):
            words = _("Vérifiez ces changements, puis enregistrez de nouveau. L’adhérent en est informé.")
            self.add_error(None, words)
            for difference in found:
                self.add_error(None, str(difference))
        if not confirmed:
            ask = _('<a href="{}" target="_blank">Confirmez que c’est vous</a>, puis enregistrez de nouveau.')
            self.add_error(None, format_html(str(ask), reverse("admin:confirm")))
        self.data = {**self.data.dict(), self.add_prefix("confirmed_changes"): expected}  # type: ignore[attr-defined]
