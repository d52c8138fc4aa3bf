"""Addresses of activation, declarations and claims, under /sante/."""

from django.urls import URLPattern, URLResolver, path

from .views.activation import ActivationLinkView, ActivationStepView, ActivationView
from .views.papers import PapersView, SendView

app_name = "health_claims"

urlpatterns: list[URLPattern | URLResolver] = [
    path("envoi/", SendView.as_view(), name="send"),
    path("activation/", ActivationView.as_view(), name="activation"),
    path("activation/lien/<str:token>/", ActivationLinkView.as_view(), name="activation-link"),
    path("activation/<slug:slug>/", ActivationStepView.as_view(), name="activation-step"),
    path("premier-envoi/", PapersView.as_view(), name="papers"),
]
