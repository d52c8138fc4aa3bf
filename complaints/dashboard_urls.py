"""The dashboard stands at /gestion/tableau-de-bord/, beside the pages of the admin site and behind its door."""

from django.contrib import admin
from django.urls import path

from complaints.admin import dashboard

app_name = "figures"
urlpatterns = [path("", admin.site.admin_view(dashboard.dashboard), name="dashboard")]
