"""Addresses of activation, declarations and claims, under /sante/."""

from django.urls import URLPattern, URLResolver, path

from .views import claims
from .views.activation import ActivationLinkView, ActivationStepView, ActivationView
from .views.papers import PapersView, SendView

app_name = "health_claims"

urlpatterns: list[URLPattern | URLResolver] = [
    path("envoi/", SendView.as_view(), name="send"),
    path("activation/", ActivationView.as_view(), name="activation"),
    path("activation/lien/<str:token>/", ActivationLinkView.as_view(), name="activation-link"),
    path("activation/<slug:slug>/", ActivationStepView.as_view(), name="activation-step"),
    path("premier-envoi/", PapersView.as_view(), name="papers"),
    path("dossiers/", claims.ClaimsView.as_view(), name="claims"),
    path("dossiers/<str:number>/", claims.ClaimView.as_view(), name="claim"),
    path("dossiers/<str:number>/complement/", claims.ClaimComplementView.as_view(), name="claim-complement"),
    path("dossiers/<str:number>/pieces/<uuid:piece_id>/", claims.ClaimDocumentView.as_view(), name="claim-document"),
    path("dossiers/<str:number>/decompte/", claims.StatementView.as_view(), name="statement"),
    path("dossiers/<str:number>/decompte.pdf", claims.StatementPdfView.as_view(), name="statement-pdf"),
    path("dossiers/<str:number>/contester/", claims.ContestView.as_view(), name="contest"),
    path("dossiers/<str:number>/contester/<int:position>/", claims.ContestView.as_view(), name="contest-line"),
    path("qui-a-vu/", claims.ReadingsView.as_view(), name="readings"),
]
