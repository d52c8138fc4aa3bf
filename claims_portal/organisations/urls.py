"""The portal's front: e-services, sectors and legal texts."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("secteurs/<slug:code>/", views.sector, name="sector"),
    path("textes/<slug:kind>/", views.legal_texts, name="legal-texts"),
    path("textes/<slug:organisation>/<slug:kind>/", views.legal_text, name="legal-text"),
]
