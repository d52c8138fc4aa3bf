"""Addresses of the member space, under /sante/."""

from django.urls import path

from .views import arriving, card, forgotten, own, pages

app_name = "membership"

urlpatterns = [
    path("", arriving.SignInView.as_view(), name="sign-in"),
    path("identite/", arriving.IdentityView.as_view(), name="identity"),
    path("mot-de-passe/", arriving.PasswordView.as_view(), name="password"),
    path("code/", arriving.BrowserCodeView.as_view(), name="browser-code"),
    path("code-avant/", arriving.CodeFirstView.as_view(), name="code-first"),
    path("mot-de-passe-oublie/", forgotten.ForgottenView.as_view(), name="forgotten"),
    path("mot-de-passe-oublie/nouveau/", forgotten.ForgottenNewView.as_view(), name="forgotten-new"),
    path("mot-de-passe-oublie/<str:token>/", forgotten.ForgottenLinkView.as_view(), name="forgotten-link"),
    path("conditions/", pages.TermsView.as_view(), name="terms"),
    path("deconnexion/", arriving.SignOutView.as_view(), name="sign-out"),
    path("accueil/", pages.HomeView.as_view(), name="home"),
    path("telechargement/", pages.DownloadsView.as_view(), name="downloads"),
    path("telechargement/<int:text_id>/", pages.DownloadView.as_view(), name="download"),
    path("donnees-pratiques/", pages.PracticalView.as_view(), name="practical"),
    path("carte/", card.CardView.as_view(), name="card"),
    path("carte/famille/<int:beneficiary_id>/", card.CardView.as_view(), name="family-card"),
    path("carte/<str:code>/", card.CardCheckView.as_view(), name="card-check"),
    path("mon-adhesion/", own.MembershipView.as_view(), name="membership"),
    path("mon-adhesion/mot-de-passe/", own.ChangePasswordView.as_view(), name="change-password"),
    path("mon-adhesion/mobile/", own.ChangeMobileView.as_view(), name="change-mobile"),
    path("mon-adhesion/mobile/code/", own.ChangeMobileCodeView.as_view(), name="change-mobile-code"),
    path("mon-adhesion/e-mail/", own.ChangeEmailView.as_view(), name="change-email"),
    path("mon-adhesion/e-mail/<str:token>/", own.EmailLinkView.as_view(), name="email-link"),
    path("ce-nest-pas-moi/<str:token>/", own.NotMeView.as_view(), name="not-me"),
    path("point-de-depot/", pages.DepositPointsView.as_view(), name="deposit-points"),
]
