from django.urls import path

from wallets import views

app_name = "wallets"

urlpatterns = [
    path("", views.wallet_list, name="wallets"),
    path("<str:public_id>/", views.wallet_detail, name="wallet"),
]
