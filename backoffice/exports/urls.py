from django.urls import path

from backoffice.exports import views

app_name = "exports"

urlpatterns = [
    path("", views.export_list, name="exports"),
    path("new/<slug:slug>/", views.new, name="new"),
    path("<str:public_id>/", views.export, name="export"),
    path("<str:public_id>/download/", views.download, name="download"),
]
