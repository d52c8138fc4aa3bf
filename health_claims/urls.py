"""Addresses of activation, declarations and claims, under /sante/."""

from django.urls import URLPattern, URLResolver

app_name = "health_claims"

urlpatterns: list[URLPattern | URLResolver] = []
