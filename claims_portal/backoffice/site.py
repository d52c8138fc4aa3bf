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

from claims_portal.accounts import audit, password_tries, throttles
from claims_portal.accounts.confirmation import SCOPE, ConfirmView, note_confirmed
from claims_portal.accounts.middleware import begin_session
from claims_portal.accounts.models import User
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
        """Add the pages of the second factor to Django's own, and close « view on site »: no model has a page."""
        return [
            path("second-facteur/", SecondFactorView.as_view(), name="second-factor"),
            path("confirmation/", self.admin_view(ConfirmView.as_view()), name="confirm"),
            path("second-facteur/codes/", RecoveryCodesView.as_view(), name="recovery-codes"),
            *(page for page in super().get_urls() if getattr(page, "name", "") != "view_on_site"),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show what waits for this person first, and the lists of the administration below."""
        return super().index(request, {"panels": panels.panels(request), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Leave the lists of the administration to the page that shows them: Django asks for them at every page."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's sign-in, limited before a password is hashed; each try that is let through is an audit line."""
        if request.method != "POST":
            return super().login(request, extra_context)
        address = client_address(request)
        password_tries.count_try(request, address=address)
        response = super().login(request, extra_context)
        came_in = response.status_code == 302
        if came_in:
            password_tries.forgive_tries(request, address=address)
            password_tries.remember_browser(request, response)
            note_confirmed(request)
            begin_session(request)
        name = printable(password_tries.typed_name(request))
        tried = request.user if came_in else User.objects.filter(email=name).first()
        audit.record(
            action=audit.Action.SIGNED_IN if came_in else audit.Action.SIGN_IN_REFUSED,
            user=tried,  # type: ignore[arg-type]
            address=address,
        )
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Django's page for one's own password, whose tries of the present one are limited before it is hashed."""
        if request.method != "POST":
            return super().password_change(request, extra_context)
        user: Any = request.user
        throttles.count(SCOPE, str(user.pk))
        response = super().password_change(request, extra_context)
        if response.status_code == 302:
            throttles.forget(SCOPE, str(user.pk))
            address = client_address(request)
            audit.record(action=audit.Action.PASSWORD_CHANGED, user=user, about=user, address=address)
        return response
