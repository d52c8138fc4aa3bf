"""The demonstration's sickness files, as `make run` loads them."""

from __future__ import annotations

from django.core.management import call_command

from claims_portal.accounts.models import User
from health_claims.models import Claim, Declaration
from membership.models import Member


def test_the_demonstration_has_a_bit_of_everything_once(db, settings, capsys):
    settings.DEMO = True
    call_command("load_demo", verbosity=0)
    call_command("load_demo_claims")
    states = Declaration.objects.order_by("number").values_list("state", flat=True)
    assert list(states) == ["validated", "validated", "rejected", "created"]
    paid = {claim.prestation.code: (claim.state, claim.statements.first().paid) for claim in Claim.objects.all()}
    assert paid["reeducation"] == ("paid", 2000)
    assert paid["optique"][0] == "computed"
    member = Member.objects.get(number="100001", policy__number="2000GRP0001380")
    assert member.account.is_activated
    assert member.account.check_password(settings.DEMO_PASSWORD)
    agent = User.objects.get(email="agent.saham@demo.invalid")
    assert agent.has_perms(["health_claims.handle", "health_claims.read_medical", "health_claims.settle"])
    assert "AA100001" in capsys.readouterr().out
    call_command("load_demo_claims")
    assert Declaration.objects.count() == 4
