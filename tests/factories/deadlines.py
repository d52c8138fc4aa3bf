"""Calendars and delays like those of the field."""

from __future__ import annotations

from datetime import time

import factory
from factory.django import DjangoModelFactory

from claims_portal.deadlines.models import Calendar, Delay, HolidayOverride


class CalendarFactory(DjangoModelFactory):
    """Morocco, Monday to Friday, day and night."""

    class Meta:
        model = Calendar

    class Params:
        french = factory.Trait(name_fr="France", name_ar="فرنسا", country="FR", time_zone="Europe/Paris")
        six_days = factory.Trait(
            name_fr="Guichet 6 jours sur 7", weekdays=[1, 2, 3, 4, 5, 6], opens_at=time(8, 30), closes_at=time(16, 30)
        )
        always = factory.Trait(
            name_fr="Plateforme 24 h sur 24", name_ar="منصة متواصلة", country="", weekdays=[1, 2, 3, 4, 5, 6, 7]
        )

    code = factory.Sequence(lambda number: f"calendar-{number}")
    name_fr = "Maroc"
    name_ar = "المغرب"
    country = "MA"
    weekdays = factory.LazyFunction(lambda: [1, 2, 3, 4, 5])
    time_zone = "Africa/Casablanca"


class HolidayOverrideFactory(DjangoModelFactory):
    class Meta:
        model = HolidayOverride

    calendar = factory.SubFactory(CalendarFactory)
    name_fr = "Fête annoncée"
    name_ar = "عيد"


class DelayFactory(DjangoModelFactory):
    """Ten working days in Morocco."""

    class Meta:
        model = Delay

    class Params:
        months = factory.Trait(unit="months", counting="calendar-days")
        calendar_days = factory.Trait(unit="days", counting="calendar-days")
        desk_hours = factory.Trait(unit="hours", counting="desk-hours")
        wall_clock = factory.Trait(unit="hours", counting="wall-clock")

    code = factory.Sequence(lambda number: f"delay-{number}")
    name_fr = "Délai"
    amount = 10
    unit = "days"
    counting = "working-days"
    calendar = factory.SubFactory(CalendarFactory)
