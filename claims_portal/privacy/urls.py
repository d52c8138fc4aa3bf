"""The address of « Mes données »."""

from django.urls import path

from .views import RightsView

urlpatterns = [path("mes-donnees/", RightsView.as_view(), name="my-data")]
