"""Messages in the outbox."""

from __future__ import annotations

import factory

from claims_portal.notifications.models import Message


class MessageFactory(factory.django.DjangoModelFactory[Message]):
    class Meta:
        model = Message

    channel = Message.Channel.EMAIL
    recipient = factory.Sequence(lambda n: f"personne{n}@example.org")
    language = "fr"
    notice = "sample.receipt"
    subject = "Votre réclamation"
    body_text = "Elle est enregistrée."
    dedup_key = factory.Sequence(lambda n: f"sample:{n}")


class SmsFactory(MessageFactory):
    channel = Message.Channel.SMS
    recipient = factory.Sequence(lambda n: f"+2126612{n % 100000:05d}")
    subject = ""
    body_text = "Réclamation enregistrée."
