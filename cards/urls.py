from django.urls import path

from cards import issue_views, views

app_name = "cards"

urlpatterns = [
    path("", views.card_list, name="cards"),
    path("totals/", views.card_totals, name="card_totals"),
    path("bins/", views.bin_list, name="bins"),
    path("issue/", issue_views.issue_card, name="issue_card"),
    path("orders/", views.order_list, name="orders"),
    path("orders/totals/", views.order_totals, name="order_totals"),
    path("orders/<str:public_id>/", views.order_detail, name="order"),
    path("orders/<str:public_id>/ask/", views.ask_order, name="ask_order"),
    path("<str:public_id>/", views.card_detail, name="card"),
    path("<str:public_id>/ask/", views.ask_card, name="ask_card"),
]
