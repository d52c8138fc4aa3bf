"""Addresses that every journey shares. `claims_portal.urls` mounts them at /brouillons/."""

from django.urls import path

from .views import LaterView, ResumeView

urlpatterns = [
    path("<uuid:draft_id>/plus-tard/", LaterView.as_view(), name="later"),
    path("reprendre/<str:token>/", ResumeView.as_view(), name="resume"),
]
