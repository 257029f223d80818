"""Which role may do what: the one table. Groups follow it whenever the database is brought up to date."""

from collections.abc import Mapping

LOOK = frozenset(
    {
        "accounts.view_account",
        "cards.view_bin",
        "cards.view_card",
        "cards.view_cardorder",
        "cards.view_holder",
        "outbox.view_batch",
        "outbox.view_call",
        "wallets.view_wallet",
    }
)
LOOK_CLOSER = LOOK | {
    "journal.view_journalentry",
    "mirror.view_syncrun",
    "mirror.view_watch",
    "outbox.view_exchange",
    "webhooks.view_delivery",
}
ASK = frozenset(
    {"mirror.ask_now", "mirror.start_sync", "outbox.look_up_call"}
)  # reaches a provider, changes nothing there
HOLDERS = frozenset({"cards.create_holder", "cards.edit_holder", "cards.delete_holder"})
SECRETS = frozenset({"cards.unmask_holder", "cards.reveal_card"})  # each look is asked what for, and written down
MAKE = frozenset(
    {
        "cards.issue_card",
        "cards.recharge_card",
        "cards.activate_card",
        "cards.freeze_card",
        "cards.unfreeze_card",
        "cards.close_card",
    }
)
MEND = frozenset({"outbox.send_call_again", "outbox.give_up_call", "accounts.pause_account", "accounts.resume_account"})
SHARE = frozenset({"people.share_view"})
KEYS = frozenset({"people.view_apikey", "people.add_apikey", "people.change_apikey"})
PEOPLE = frozenset({"auth.view_user", "auth.add_user", "auth.change_user", "auth.view_group"})

ROLES: Mapping[str, frozenset[str]] = {
    "Viewer": LOOK,
    "Operator": LOOK | {"webhooks.view_delivery"} | ASK | MAKE | HOLDERS,
    "Approver": LOOK | ASK,
    "Finance manager": LOOK_CLOSER | SHARE | ASK | MAKE | HOLDERS | SECRETS | MEND,
    "Compliance": LOOK_CLOSER | ASK | HOLDERS | SECRETS | {"accounts.pause_account"},
    "Developer": LOOK_CLOSER | ASK | KEYS | {"webhooks.replay_delivery"},
    "Admin": LOOK_CLOSER | PEOPLE | KEYS,
    "Auditor": LOOK_CLOSER | {"exports.view_export", "people.view_apikey", "auth.view_user", "auth.view_group"},
}


def write_groups(group_model, permission_model, *, using: str) -> None:
    """Make each role's group hold exactly what the table says, of the permissions that exist."""
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in permission_model.objects.using(using).values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    groups = {group.name: group for group in group_model.objects.using(using).filter(name__in=ROLES)}
    links = group_model.permissions.through.objects.using(using)
    has: dict[int, set[int]] = {}
    for group_pk, permission_pk in links.filter(group__name__in=ROLES).values_list("group_id", "permission_id"):
        has.setdefault(group_pk, set()).add(permission_pk)
    missing = []
    for name, permissions in ROLES.items():
        group = groups.get(name) or group_model.objects.using(using).create(name=name)
        wanted = {known[permission] for permission in permissions if permission in known}
        held = has.get(group.pk, set())
        missing += [links.model(group_id=group.pk, permission_id=pk) for pk in sorted(wanted - held)]
        if too_many := held - wanted:
            links.filter(group_id=group.pk, permission_id__in=too_many).delete()
    links.bulk_create(missing, ignore_conflicts=True)
