"""The dashboard stands at /gestion/tableau-de-bord/, beside the pages of the admin site and behind its door."""

from django.contrib import admin
from django.urls import path, re_path

from complaints.admin import dashboard, exporting

app_name = "figures"
wrap = admin.site.admin_view
urlpatterns = [
    path("", wrap(dashboard.dashboard), name="dashboard"),
    re_path(r"^export/(?P<kind>csv|xlsx)/$", wrap(exporting.export_figures), name="export"),
    re_path(r"^dossiers/(?P<kind>csv|xlsx)/$", wrap(exporting.export_queue), name="export-queue"),
]
