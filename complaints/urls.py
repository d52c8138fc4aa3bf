"""Addresses of complaints, under /reclamations/."""

from django.urls import path

from .views import desks, filing, mine, online, tracking, verify

app_name = "complaints"

urlpatterns = [
    path("", desks.start, name="start"),
    path("suivi-en-ligne/", online.OnlineTrackingView.as_view(), name="online-tracking"),
    path("suivi/quitter/", tracking.LeaveView.as_view(), name="leave"),
    path("suivi/", tracking.TrackView.as_view(), name="track"),
    path("suivi/<str:number>/", tracking.DashboardView.as_view(), name="dashboard"),
    path("suivi/<str:number>/echange/", tracking.ExchangeView.as_view(), name="exchange"),
    path("suivi/<str:number>/cloture/", tracking.WithdrawView.as_view(), name="withdraw"),
    path("suivi/<str:number>/reouverture/", tracking.ReopenView.as_view(), name="reopen"),
    path("suivi/<str:number>/accuse.pdf", tracking.ReceiptView.as_view(), name="receipt"),
    path("suivi/<str:number>/dossier.pdf", tracking.CasePdfView.as_view(), name="case-pdf"),
    path("suivi/<str:number>/documents/<uuid:document_id>/", tracking.DocumentView.as_view(), name="document"),
    path("mes-reclamations/", mine.MineView.as_view(), name="mine"),
    path("mes-reclamations/liste/", mine.MineAllView.as_view(), name="mine-all"),
    path("mes-reclamations/<str:token>/", mine.MineLinkView.as_view(), name="mine-list"),
    path("verification/<str:code>/", verify.verify, name="verify"),
    path("depot/<uuid:draft_id>/ayants-droit/", filing.FilingDependantsView.as_view(), name="dependants"),
    path("depot/<uuid:draft_id>/pieces/", filing.FilingDocumentsView.as_view(), name="documents"),
    path("depot/<uuid:draft_id>/verification/", filing.ReviewView.as_view(), name="review"),
    path("depot/<uuid:draft_id>/autre-chemin/", filing.OtherWayView.as_view(), name="other-way"),
    path("depot/<uuid:draft_id>/fait/", filing.DoneView.as_view(), name="done"),
    path("depot/<uuid:draft_id>/<slug:slug>/", filing.FilingStepView.as_view(), name="filing"),
    path("<slug:code>/", desks.desk_page, name="desk"),
    path("<slug:code>/suivre/", desks.desk_follow, name="desk-follow"),
    path("<slug:code>/commencer/", desks.begin, name="begin"),
]
