from django.urls import path

from backoffice.outbox import views

app_name = "outbox"

urlpatterns = [
    path("", views.call_list, name="calls"),
    path("<str:public_id>/", views.call_detail, name="call"),
    path("<str:public_id>/look-up/", views.look_up, name="look_up_call"),
    path("<str:public_id>/send-again/", views.send_again, name="send_call_again"),
    path("<str:public_id>/give-up/", views.give_up, name="give_up_call"),
]
