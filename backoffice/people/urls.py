from django.urls import path

from backoffice.people import views

app_name = "people"

urlpatterns = [
    path("account/preferences/", views.preferences, name="preferences"),
    path("lists/views/<str:public_id>/rename/", views.rename_view, name="rename_view"),
    path("lists/views/<str:public_id>/delete/", views.delete_view, name="delete_view"),
    path("lists/views/<str:public_id>/share/", views.share_view, name="share_view"),
    path("lists/<slug:slug>/columns/", views.columns, name="columns"),
    path("lists/<slug:slug>/views/", views.views, name="views"),
]
