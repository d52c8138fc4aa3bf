"""The agents' space: Django's admin with the portal's name and look."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from claims_portal.accounts import audit
from claims_portal.accounts.confirmation import ConfirmView, note_confirmed
from claims_portal.accounts.models import User
from claims_portal.accounts.sign_in import counted_name
from claims_portal.accounts.views import RecoveryCodesView, SecondFactorView
from claims_portal.identifiers import printable
from claims_portal.middleware import client_address

from . import panels


class SignInForm(AdminAuthenticationForm):
    """Django's, in words of ours: the same whether the account, the password or the right to enter is missing."""

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": _(
            "Cette adresse et ce mot de passe n’ouvrent pas l’espace des agents. Vérifiez-les, puis réessayez."
        ),
    }


class PortalAdminSite(AdminSite):
    site_title = _("Gestion")
    site_header = _("Espace des agents")
    index_title = _("Vos dossiers")
    site_url = "/"
    login_form = SignInForm
    enable_nav_sidebar = False

    def get_urls(self) -> list[Any]:
        """The pages of the second factor stand beside Django's own; « view on site » is closed, no model has a page."""
        return [
            path("second-facteur/", SecondFactorView.as_view(), name="second-factor"),
            path("confirmation/", self.admin_view(ConfirmView.as_view()), name="confirm"),
            path("second-facteur/codes/", RecoveryCodesView.as_view(), name="recovery-codes"),
            *(page for page in super().get_urls() if getattr(page, "name", "") != "view_on_site"),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits for this person first, the lists of the administration below."""
        return super().index(request, {"panels": panels.panels(request), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """The lists of the administration, made where they are shown: Django asks for them at every page."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's sign-in; each try is a line of the audit log. django-axes has those it stops by itself."""
        response = super().login(request, extra_context)
        if request.method == "POST" and not getattr(request, "axes_locked_out", False):
            came_in = response.status_code == 302
            if came_in:
                note_confirmed(request)
            tried = request.user if came_in else User.objects.filter(email=printable(counted_name(request))).first()
            audit.record(
                action=audit.Action.SIGNED_IN if came_in else audit.Action.SIGN_IN_REFUSED,
                user=tried,  # type: ignore[arg-type]
                address=client_address(request),
            )
        return response
