"""Addresses of a demonstration only."""

from django.urls import path

from . import views

urlpatterns = [path("", views.demo_messages, name="demo_messages")]
