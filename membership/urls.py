"""Addresses of the member space, under /sante/."""

from django.urls import path

from .views import arriving, pages

app_name = "membership"

urlpatterns = [
    path("", arriving.SignInView.as_view(), name="sign-in"),
    path("identite/", arriving.IdentityView.as_view(), name="identity"),
    path("mot-de-passe/", arriving.PasswordView.as_view(), name="password"),
    path("code/", arriving.BrowserCodeView.as_view(), name="browser-code"),
    path("conditions/", pages.TermsView.as_view(), name="terms"),
    path("deconnexion/", arriving.SignOutView.as_view(), name="sign-out"),
    path("accueil/", pages.HomeView.as_view(), name="home"),
    path("telechargement/", pages.DownloadsView.as_view(), name="downloads"),
    path("telechargement/<int:text_id>/", pages.DownloadView.as_view(), name="download"),
    path("donnees-pratiques/", pages.PracticalView.as_view(), name="practical"),
    path("point-de-depot/", pages.DepositPointsView.as_view(), name="deposit-points"),
]
