"""Addresses of the member space, under /sante/."""

from django.urls import URLPattern, URLResolver

app_name = "membership"

urlpatterns: list[URLPattern | URLResolver] = []
