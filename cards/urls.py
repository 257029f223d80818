from django.urls import path

from cards import (
    batch_views,
    holder_form_views,
    holder_views,
    issue_views,
    life_views,
    peek_views,
    recharge_views,
    reveal_views,
    views,
)
from cards.bulk.views import routes as bulk_routes

app_name = "cards"

urlpatterns = [
    path("", views.card_list, name="cards"),
    path("totals/", views.card_totals, name="card_totals"),
    path("bins/", views.bin_list, name="bins"),
    path("issue/", issue_views.issue_card, name="issue_card"),
    *bulk_routes,
    path("holders/", holder_views.holder_list, name="holders"),
    path("holders/new/", holder_form_views.create_holder, name="create_holder"),
    path("holders/<str:public_id>/", holder_views.holder_detail, name="holder"),
    path("holders/<str:public_id>/ask/", holder_views.ask_holder, name="ask_holder"),
    path("holders/<str:public_id>/edit/", holder_form_views.edit_holder, name="edit_holder"),
    path("holders/<str:public_id>/delete/", holder_form_views.delete_holder, name="delete_holder"),
    path("holders/<str:public_id>/unmask/", reveal_views.unmask_holder, name="unmask_holder"),
    path("batches/<str:public_id>/", batch_views.batch, name="batch"),
    path("orders/", views.order_list, name="orders"),
    path("orders/totals/", views.order_totals, name="order_totals"),
    path("orders/<str:public_id>/", views.order_detail, name="order"),
    path("orders/<str:public_id>/ask/", views.ask_order, name="ask_order"),
    path("orders/<str:public_id>/peek/", peek_views.order_peek, name="order_peek"),
    path("<str:public_id>/", views.card_detail, name="card"),
    path("<str:public_id>/peek/", peek_views.card_peek, name="card_peek"),
    path("<str:public_id>/ask/", views.ask_card, name="ask_card"),
    path("<str:public_id>/recharge/", recharge_views.recharge_card, name="recharge_card"),
    path("<str:public_id>/activate/", life_views.activate_card, name="activate_card"),
    path("<str:public_id>/freeze/", life_views.freeze_card, name="freeze_card"),
    path("<str:public_id>/unfreeze/", life_views.unfreeze_card, name="unfreeze_card"),
    path("<str:public_id>/close/", life_views.close_card, name="close_card"),
    path("<str:public_id>/reveal/", reveal_views.reveal_card, name="reveal_card"),
]
