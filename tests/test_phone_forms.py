"""« 06… » is a number of the country of the organisation a form is about, on every form that asks for a mobile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from django import forms
from django.conf import settings
from phonenumber_field.formfields import PhoneNumberField

from claims_portal.identifiers import MobileField
from claims_portal.organisations.models import Desk
from claims_portal.privacy.forms import RightsForm
from claims_portal.wizards.models import Draft
from complaints import access
from complaints.admin.intake_forms import PaperComplainantForm
from complaints.forms import ComplainantForm, TrackingForm
from complaints.online_forms import ContactForm, OnlineTrackingForm
from health_claims.activation_forms import MobileForm
from membership.forms import ChangeMobileForm
from tests.factories.complaints import ComplaintFactory
from tests.factories.complaints import DeskFactory as ComplaintDeskFactory
from tests.factories.membership import AccountFactory

NUMBERS = {"MA": "+212612345678", "FR": "+33612345678"}
PACKAGES = ("claims_portal", "complaints", "health_claims", "membership")
TYPED = ["0612345678", "06\u202f12\u202f34\u202f56\u202f78", "٠٦١٢٣٤٥٦٧٨"]
OTHER = {"MA": "FR", "FR": "MA"}
Read = Callable[[Desk, str], forms.Form]


def complainant(form: type[ComplainantForm]) -> Read:
    return lambda desk, typed: form({"mobile": typed}, draft=Draft(desk=desk))


def activation(desk: Desk, typed: str) -> forms.Form:
    account = AccountFactory(member__policy__desk=desk)
    return MobileForm({"mobile": typed}, account=account)


READS: dict[type[forms.BaseForm], Read] = {
    ComplainantForm: complainant(ComplainantForm),
    PaperComplainantForm: complainant(PaperComplainantForm),
    ContactForm: lambda desk, typed: ContactForm({"mobile": typed}, region=desk.organisation.country),
    OnlineTrackingForm: lambda desk, typed: OnlineTrackingForm({"desk": desk.code, "mobile": typed}),
    RightsForm: lambda desk, typed: RightsForm({"organisation": desk.organisation.code, "mobile": typed}),
    ChangeMobileForm: lambda desk, typed: ChangeMobileForm({"mobile": typed}, region=desk.organisation.country),
    MobileForm: activation,
}
# The country is known once the case is found: see the tests of the tracking page.
AFTERWARDS = {TrackingForm}


def classes(parent: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for child in parent.__subclasses__():
        yield child
        yield from classes(child)


def asks_a_phone(form: Any) -> bool:
    kinds = (MobileField, PhoneNumberField)
    fields = form.base_fields.values()
    return any(isinstance(field, kinds) or isinstance(field.widget, forms.TelInput) for field in fields)


def project_forms() -> set[type[forms.BaseForm]]:
    """Every form class of the project, whichever module holds it."""
    for package in PACKAGES:
        for path in sorted((settings.BASE_DIR / package).rglob("*.py")):
            if "django import forms" in path.read_text():
                import_module(".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts))
    return {form for form in classes(forms.BaseForm) if form.__module__.partition(".")[0] in PACKAGES}


def test_every_form_that_asks_for_a_phone_is_in_the_table() -> None:
    found = {form for form in project_forms() if asks_a_phone(form)}
    assert found == {*READS, *AFTERWARDS}


@pytest.mark.django_db
@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("country", NUMBERS)
@pytest.mark.parametrize("form", READS, ids=lambda form: form.__name__)
def test_a_number_without_prefix_is_one_of_the_country_of_the_organisation(form, country, typed) -> None:
    desk = ComplaintDeskFactory(organisation__country=country)
    bound = READS[form](desk, typed)
    bound.is_valid()
    assert bound.cleaned_data["mobile"] == NUMBERS[country]


@pytest.mark.django_db
@pytest.mark.parametrize("country", NUMBERS)
@pytest.mark.parametrize("form", READS, ids=lambda form: form.__name__)
def test_a_prefix_says_the_country_whatever_the_organisation(form, country) -> None:
    desk = ComplaintDeskFactory(organisation__country=OTHER[country])
    bound = READS[form](desk, NUMBERS[country])
    bound.is_valid()
    assert bound.cleaned_data["mobile"] == NUMBERS[country]


@pytest.mark.django_db
@pytest.mark.parametrize("form", READS, ids=lambda form: form.__name__)
def test_only_numbers_that_may_receive_sms_are_taken(form, settings) -> None:
    settings.SMS_ALLOWED_REGIONS = ["MA"]
    bound = READS[form](ComplaintDeskFactory(organisation__country="FR"), "0612345678")
    assert bound.has_error("mobile", "foreign")


@pytest.mark.django_db
@pytest.mark.parametrize("form", READS, ids=lambda form: form.__name__)
def test_two_numbers_are_refused(form) -> None:
    bound = READS[form](ComplaintDeskFactory(), "0612345678;0712345678")
    assert bound.has_error("mobile", "several")


@pytest.mark.django_db
@pytest.mark.parametrize("form", [OnlineTrackingForm, RightsForm], ids=lambda form: form.__name__)
def test_without_an_organisation_a_number_needs_its_prefix(form) -> None:
    assert form({"mobile": "0612345678"}).has_error("mobile", "prefix")
    assert not form({"mobile": "+212612345678"}).has_error("mobile")


@pytest.mark.django_db
@pytest.mark.parametrize("country", NUMBERS)
@pytest.mark.parametrize("typed", TYPED)
def test_the_tracking_page_reads_a_number_as_the_desk_of_the_case_does(country, typed) -> None:
    desk = ComplaintDeskFactory(organisation__country=country)
    case = ComplaintFactory(desk=desk, complainant__mobile=NUMBERS[country])
    other = ComplaintFactory(desk=desk, complainant__mobile=NUMBERS[OTHER[country]])
    form = TrackingForm({"number": case.number, "mobile": typed})
    assert form.is_valid()
    mobile = form.cleaned_data["mobile"]
    assert access.matching(number=case.number, email="", mobile=mobile) == case
    assert access.matching(number=other.number, email="", mobile=mobile) is None
