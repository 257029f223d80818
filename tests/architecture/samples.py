"""Every address of the back office, with a sample and what it takes to get in. One that is not here fails a test."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Door:
    """What each method of an address asks for: permissions, all of them; () is "signed in" and nothing more."""

    methods: Mapping[str, tuple[str, ...]]
    row: str = ""  # whose id stands in the address: a name of the `sample_rows` fixture
    argument: str = "public_id"
    post: Mapping[str, str] = field(default_factory=dict)


def page(*permissions: str, row: str = "", **details) -> Door:
    return Door({"GET": permissions}, row, **details)


def form(*permissions: str, row: str = "", **details) -> Door:
    """Asked on GET, done on POST."""
    return Door({"GET": permissions, "POST": permissions}, row, **details)


def button(*permissions: str, row: str = "", **details) -> Door:
    return Door({"POST": permissions}, row, **details)


PAGES: Mapping[str, Door] = {
    "home": page(),
    "styleguide": page(),
    "api-docs": page(),
    "cards:cards": page("cards.view_card"),
    "cards:card_totals": page("cards.view_card"),
    "cards:card": page("cards.view_card", row="card"),
    "cards:ask_card": button("cards.view_card", "mirror.ask_now", row="card"),
    "cards:recharge_card": form("cards.view_card", "cards.recharge_card", row="card"),
    "cards:activate_card": form("cards.view_card", "cards.activate_card", row="card"),
    "cards:freeze_card": form("cards.view_card", "cards.freeze_card", row="card"),
    "cards:unfreeze_card": form("cards.view_card", "cards.unfreeze_card", row="card"),
    "cards:close_card": form("cards.view_card", "cards.close_card", row="card"),
    "cards:batch": page("cards.view_cardorder", row="batch"),
    "cards:bins": page("cards.view_bin"),
    "cards:issue_card": form("cards.issue_card"),
    "cards:reveal_card": form("cards.view_card", "cards.reveal_card", row="card", post={"purpose": "audit"}),
    "cards:holders": page("cards.view_holder"),
    "cards:holder": page("cards.view_holder", row="holder"),
    "cards:ask_holder": button("cards.view_holder", "mirror.ask_now", row="holder"),
    "cards:create_holder": form("cards.create_holder"),
    "cards:edit_holder": form("cards.view_holder", "cards.edit_holder", row="holder"),
    "cards:delete_holder": form("cards.view_holder", "cards.delete_holder", row="holder"),
    "cards:unmask_holder": form("cards.view_holder", "cards.unmask_holder", row="holder", post={"purpose": "audit"}),
    "cards:orders": page("cards.view_cardorder"),
    "cards:order_totals": page("cards.view_cardorder"),
    "cards:order": page("cards.view_cardorder", row="order"),
    "cards:ask_order": button("cards.view_cardorder", "mirror.ask_now", row="order"),
    "cards:card_peek": page("cards.view_card", row="card"),
    "cards:order_peek": page("cards.view_cardorder", row="order"),
    "cards:freeze_cards": form("cards.view_card", "cards.freeze_card"),
    "cards:unfreeze_cards": form("cards.view_card", "cards.unfreeze_card"),
    "cards:recharge_cards": form("cards.view_card", "cards.recharge_card"),
    "cards:close_cards": form("cards.view_card", "cards.close_card"),
    "cards:ask_cards": form("cards.view_card", "mirror.ask_now"),
    "cards:ask_orders": form("cards.view_cardorder", "mirror.ask_now"),
    "cards:look_up_orders": form("cards.view_cardorder", "outbox.look_up_call"),
    "people:preferences": form(),
    "people:columns": button("cards.view_card", row="listing", argument="slug"),
    "people:views": form("cards.view_card", row="listing", argument="slug", post={"name": "Mine"}),
    "people:rename_view": button("people.share_view", "cards.view_card", row="view", post={"name": "Anew"}),
    "people:share_view": button("people.share_view", "cards.view_card", row="view", post={"shared": "1"}),
    "people:delete_view": button("people.share_view", "cards.view_card", row="view"),
    "outbox:batch": page("outbox.view_batch", row="bulk"),
    "outbox:stop_batch": button("outbox.view_batch", "cards.freeze_card", row="bulk"),
    "wallets:wallets": page("wallets.view_wallet"),
    "wallets:wallet": page("wallets.view_wallet", row="wallet"),
    "outbox:calls": page("outbox.view_call"),
    "outbox:call": page("outbox.view_call", row="call"),
    "outbox:look_up_call": form("outbox.view_call", "outbox.look_up_call", row="call"),
    "outbox:send_call_again": form("outbox.view_call", "outbox.send_call_again", row="call"),
    "outbox:give_up_call": form("outbox.view_call", "outbox.give_up_call", row="call", post={"reason": "over"}),
    "outbox:exchanges": page("outbox.view_exchange"),
    "outbox:exchange": page("outbox.view_exchange", row="exchange", argument="pk"),
    "provider_health": page("accounts.view_account"),
    "webhooks:deliveries": page("webhooks.view_delivery"),
    "webhooks:replay_deliveries": form("webhooks.view_delivery", "webhooks.replay_delivery"),
    "webhooks:replay": form("webhooks.view_delivery", "webhooks.replay_delivery", row="replay"),
    "webhooks:delivery": page("webhooks.view_delivery", row="delivery"),
    "webhooks:replay_delivery": form("webhooks.view_delivery", "webhooks.replay_delivery", row="delivery"),
    "exports:exports": page(),
    "exports:new": form("cards.view_card", row="exportable", argument="slug", post={"format": "csv"}),
    "exports:export": page("exports.view_export", "cards.view_card", row="export"),
    "exports:download": button("exports.view_export", "cards.view_card", row="export"),
    "mirror:accounts": page("accounts.view_account"),
    "mirror:start_sync": button("mirror.start_sync"),
    "mirror:pause_account": form(
        "accounts.view_account", "accounts.pause_account", row="account", argument="slug", post={"reason": "night"}
    ),
    "mirror:resume_account": form("accounts.view_account", "accounts.resume_account", row="account", argument="slug"),
}

ENDPOINTS: Mapping[str, Door] = {
    "api-bins": page("cards.view_bin"),
    "api-bins-count": page("cards.view_bin"),
    "api-bin": page("cards.view_bin", row="bin", argument="id"),
    "api-cards": page("cards.view_card"),
    "api-cards-count": page("cards.view_card"),
    "api-card": page("cards.view_card", row="card", argument="id"),
    "api-card-recharge": button("cards.recharge_card", row="card", argument="id"),
    "api-card-freeze": button("cards.freeze_card", row="card", argument="id"),
    "api-card-unfreeze": button("cards.unfreeze_card", row="card", argument="id"),
    "api-card-activate": button("cards.activate_card", row="card", argument="id"),
    "api-card-close": button("cards.close_card", row="card", argument="id"),
    "api-holders": Door({"GET": ("cards.view_holder",), "POST": ("cards.create_holder",)}),
    "api-holders-count": page("cards.view_holder"),
    "api-holder": Door(
        {"GET": ("cards.view_holder",), "PATCH": ("cards.edit_holder",), "DELETE": ("cards.delete_holder",)},
        row="holder",
        argument="id",
    ),
    "api-card-orders": Door({"GET": ("cards.view_cardorder",), "POST": ("cards.issue_card",)}),
    "api-card-orders-count": page("cards.view_cardorder"),
    "api-card-order": page("cards.view_cardorder", row="order", argument="id"),
    "api-wallets": page("wallets.view_wallet"),
    "api-wallets-count": page("wallets.view_wallet"),
    "api-wallet": page("wallets.view_wallet", row="wallet", argument="id"),
    "api-calls": page("outbox.view_call"),
    "api-calls-count": page("outbox.view_call"),
    "api-call": page("outbox.view_call", row="call", argument="id"),
    "api-batch": page("outbox.view_batch", row="batch", argument="id"),
    "api-deliveries": page("webhooks.view_delivery"),
    "api-deliveries-count": page("webhooks.view_delivery"),
    "api-delivery": page("webhooks.view_delivery", row="delivery", argument="id"),
    "api-events": page("journal.view_journalentry"),
    "api-accounts": page("accounts.view_account"),
    "api-accounts-count": page("accounts.view_account"),
    "api-account": page("accounts.view_account", row="account", argument="slug"),
}

OPEN: Mapping[str, str] = {
    "receipt:receive": "a provider does not sign in; its address is the secret, and what it says is only a hint",
    "livez": "asked by whatever restarts processes",
    "readyz": "asked by whatever sends requests here",
    "healthz": "asked by whatever watches over us; numbers only",
    "set_language": "the sign-in page has it too",
    "set_theme": "the sign-in page has it too",
    "api-errors": "explains the errors of the API, also the one that says to sign in",
    "api-nowhere": "an address that leads to nothing says so to everybody",
    "api-schema": "described below: it answers 401 like an endpoint, and needs no permission of its own",
    "account_login": "one signs in here",
    "account_logout": "one signs out here",
    "account_signup": "closed, and says so",
    "account_inactive": "says that the sign-in is switched off",
    "account_reset_password": "whoever forgot a password is not signed in",
    "account_reset_password_done": "whoever forgot a password is not signed in",
    "account_reset_password_from_key": "whoever forgot a password is not signed in",
    "account_reset_password_from_key_done": "whoever forgot a password is not signed in",
    "account_confirm_email": "an address is confirmed from a mail",
    "account_email_verification_sent": "an address is confirmed from a mail",
    "account_confirm_login_code": "leads back to signing in unless a code was sent",
    "mfa_authenticate": "the second step of signing in; leads back to the first without it",
    "mfa_login_webauthn": "one signs in here with a passkey",
}

# allauth's pages about oneself: closed to strangers, and about nobody else.
OWN_PAGES = {
    "account_reauthenticate",
    "account_email",
    "account_change_password",
    "account_set_password",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "usersessions_list",
}
