"""Addresses of activation, declarations and claims, under /sante/."""

from django.urls import URLPattern, URLResolver, path, register_converter
from django.urls.converters import StringConverter

from .views import claims, complaining, declaring, estimating, feedback, follow_up
from .views.activation import ActivationLinkView, ActivationStepView, ActivationView
from .views.papers import PapersView, SendView

app_name = "health_claims"


class NumberConverter(StringConverter):
    """A public number (`references`): what cannot be one is no page, and never reaches the database."""

    regex = "[0-9]{14}"


register_converter(NumberConverter, "number")

urlpatterns: list[URLPattern | URLResolver] = [
    path("envoi/", SendView.as_view(), name="send"),
    path("activation/", ActivationView.as_view(), name="activation"),
    path("activation/lien/<str:token>/", ActivationLinkView.as_view(), name="activation-link"),
    path("activation/<slug:slug>/", ActivationStepView.as_view(), name="activation-step"),
    path("premier-envoi/", PapersView.as_view(), name="papers"),
    path("dossiers/", claims.ClaimsView.as_view(), name="claims"),
    path("dossiers/<number:number>/", claims.ClaimView.as_view(), name="claim"),
    path("dossiers/<number:number>/avis/", feedback.FeedbackView.as_view(), name="claim-feedback"),
    path("dossiers/<number:number>/complement/", claims.ClaimComplementView.as_view(), name="claim-complement"),
    path("dossiers/<number:number>/pieces/<uuid:piece_id>/", claims.ClaimDocumentView.as_view(), name="claim-document"),
    path("dossiers/<number:number>/decompte/", claims.StatementView.as_view(), name="statement"),
    path("dossiers/<number:number>/decompte.pdf", claims.StatementPdfView.as_view(), name="statement-pdf"),
    path("dossiers/<number:number>/contester/", claims.ContestView.as_view(), name="contest"),
    path("dossiers/<number:number>/contester/<int:position>/", claims.ContestView.as_view(), name="contest-line"),
    path("estimation/", estimating.EstimateView.as_view(), name="estimate"),
    path("estimation/devis/<int:key>/", estimating.QuoteDocumentView.as_view(), name="quote-document"),
    path("reclamations/", complaining.ComplaintsView.as_view(), name="complaints"),
    path("qui-a-vu/", claims.ReadingsView.as_view(), name="readings"),
    path("declaration/", declaring.BeginView.as_view(), name="begin"),
    path("declaration/<uuid:draft_id>/pieces/", declaring.PiecesView.as_view(), name="declaration-pieces"),
    path("declaration/<uuid:draft_id>/validation/", declaring.SendView.as_view(), name="declaration-send"),
    path("declaration/<uuid:draft_id>/envoyee/", declaring.SentView.as_view(), name="declaration-sent"),
    path("declaration/<uuid:draft_id>/<slug:slug>/", declaring.DeclarationStepView.as_view(), name="declaration"),
    path("suivi/", follow_up.FollowUpView.as_view(), name="follow-up"),
    path("suivi/<number:reference>/", follow_up.DeclarationView.as_view(), name="declaration-detail"),
    path("suivi/<number:reference>/complement/", follow_up.ComplementView.as_view(), name="declaration-complement"),
    path("suivi/<number:reference>/de-nouveau/", follow_up.DeclareAgainView.as_view(), name="declare-again"),
    path(
        "suivi/<number:reference>/pieces/<uuid:piece_id>/", follow_up.PieceView.as_view(), name="declaration-document"
    ),
]
