from django.urls import path

from backoffice.mirror import views

app_name = "mirror"

urlpatterns = [
    path("", views.account_list, name="accounts"),
    path("sync/", views.start, name="start_sync"),
    path("<slug:slug>/pause/", views.pause, name="pause_account"),
    path("<slug:slug>/resume/", views.resume, name="resume_account"),
]
