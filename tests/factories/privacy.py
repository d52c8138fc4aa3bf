"""Organisations that answer requests about data within a delay, and requests received the real way.

RightsRequestFactory(kind="rectification", email="amina@exemple.ma")
"""

from __future__ import annotations

import uuid
from typing import Any

import factory
from factory.django import DjangoModelFactory

from claims_portal.privacy.models import Kind, RightsDelay, RightsRequest
from claims_portal.privacy.services import receive_request

from .deadlines import DelayFactory
from .organisations import OrganisationFactory


class RightsDelayFactory(DjangoModelFactory[RightsDelay]):
    """Ten days, all of them counted, as law 09-08 gives for a rectification."""

    class Meta:
        model = RightsDelay

    organisation = factory.SubFactory(OrganisationFactory)
    kind = Kind.RECTIFICATION
    delay = factory.SubFactory(DelayFactory, amount=10, calendar_days=True)


class RightsRequestFactory(factory.Factory[RightsRequest]):
    """A request received through `receive_request`."""

    class Meta:
        model = RightsRequest

    form_id = factory.LazyFunction(uuid.uuid4)
    organisation = factory.SubFactory(OrganisationFactory)
    kind = Kind.ACCESS
    name = "El Amrani Amina"
    email = "amina@exemple.ma"
    mobile = ""
    details = ""
    language = "fr"

    @classmethod
    def _create(cls, model_class: type[RightsRequest], *args: Any, **given: Any) -> RightsRequest:
        return receive_request(**given)
