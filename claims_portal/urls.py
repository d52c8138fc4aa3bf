"""Every address of the portal. French without a prefix, Arabic under /ar/."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from . import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("sante-systeme/live", views.live, name="live"),
    path("sante-systeme/ready", views.ready, name="ready"),
]
urlpatterns += i18n_patterns(
    path("", include("claims_portal.organisations.urls")),
    path("", include("claims_portal.privacy.urls")),
    path("reclamations/", include("complaints.urls")),
    path("sante/", include("membership.urls")),
    path("sante/", include("health_claims.urls")),
    path("brouillons/", include("claims_portal.wizards.urls")),
    path("gestion/tableau-de-bord/", include("complaints.dashboard_urls")),
    path("gestion/", admin.site.urls),
    prefix_default_language=False,
)
if settings.DEMO:
    urlpatterns += i18n_patterns(
        path("demo/messages/", include("claims_portal.notifications.demo_urls")), prefix_default_language=False
    )

handler400 = "claims_portal.views.bad_request"
handler403 = "claims_portal.views.permission_denied"
handler404 = "claims_portal.views.page_not_found"
handler500 = "claims_portal.views.server_error"
