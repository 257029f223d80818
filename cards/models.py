"""What providers say of BINs, cards and card orders."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.core.ids import PublicIdField
from backoffice.core.money import AmountField
from backoffice.mirror.models import Mirrored
from cards import states
from wallets.models import Wallet


class CardKind(models.TextChoices):
    VIRTUAL = "virtual", _("Virtual")
    PHYSICAL = "physical", _("Physical")
    UNKNOWN = "unknown", pgettext_lazy("card kind", "Unknown")


class CardMode(models.TextChoices):
    PREPAID = "prepaid", _("Prepaid")
    SHARED = "shared", _("Shared limit")
    UNKNOWN = "unknown", pgettext_lazy("card mode", "Unknown")


class Bin(Mirrored):
    """A card product: leading digits, network, terms. Fees and limits are asked for apart from the list."""

    transitions = states.BIN

    public_id = PublicIdField("bin")
    provider_id = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=states.BinState, default=states.BinState.UNKNOWN)
    digits = models.CharField(max_length=8, blank=True)
    name = models.CharField(max_length=120, blank=True)
    network = models.CharField(max_length=24, blank=True)
    country = models.CharField(max_length=2, blank=True)
    currency = models.CharField(max_length=8, blank=True)
    kind = models.CharField(max_length=10, choices=CardKind, default=CardKind.UNKNOWN)
    mode = models.CharField(max_length=10, choices=CardMode, default=CardMode.UNKNOWN)
    needs_holder = models.BooleanField(default=False)
    notes = models.CharField(max_length=400, blank=True)

    fees = models.JSONField(null=True, blank=True, help_text=_("lines of cards.fees.Fee; empty until asked for"))
    open_min = AmountField(null=True, blank=True)
    open_max = AmountField(null=True, blank=True)
    recharge_min = AmountField(null=True, blank=True)
    recharge_max = AmountField(null=True, blank=True)
    card_max_balance = AmountField(null=True, blank=True)
    trade_single_max = AmountField(null=True, blank=True)
    trade_day_max = AmountField(null=True, blank=True)
    trade_month_max = AmountField(null=True, blank=True)
    max_card_count = models.PositiveIntegerField(null=True, blank=True)
    forbidden_countries = models.JSONField(default=list, blank=True)
    forbidden_mccs = models.JSONField(default=list, blank=True)
    fees_observed_at = models.DateTimeField(null=True, blank=True)
    limits_observed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "provider_id"], name="cards_bin_once"),
            models.CheckConstraint(condition=Q(state__in=states.BinState.values), name="cards_bin_state"),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="cards_bin_newest")]

    def __str__(self):
        return f"{self.network.title()} {self.digits}"

    @property
    def tone(self) -> str:
        return states.BIN_TONES[states.BinState(self.state)]

    @property
    def terms_known(self) -> bool:
        return self.fees is not None and self.limits_observed_at is not None


class Holder(Mirrored):
    """A person or company that cards are issued to. Who they are is sealed; `cards.personal` opens it."""

    transitions = states.HOLDER
    not_listed = (states.HolderState.REFUSED, states.HolderState.DELETED, states.HolderState.WITHDRAWN)
    breaks_when_left = (states.HolderState.WITHDRAWN,)
    sealed_facts = ("personal",)

    public_id = PublicIdField("hld")
    merchant_ref = models.CharField(max_length=64, blank=True, help_text=_("our own number; empty on what is not ours"))
    provider_id = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=states.HolderState, default=states.HolderState.REQUESTED)
    bin = models.ForeignKey(Bin, null=True, blank=True, on_delete=models.PROTECT, related_name="holders")
    bin_provider_id = models.CharField(max_length=64, blank=True)
    country = models.CharField(max_length=2, blank=True)
    personal = models.TextField(blank=True, help_text=_("name, contact, papers and address, sealed"))
    reason = models.CharField(max_length=300, blank=True, help_text=_("why it was refused, in the provider's words"))
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        permissions = [
            ("create_holder", "Can create card holders"),
            ("edit_holder", "Can edit card holders"),
            ("delete_holder", "Can delete card holders at the provider"),
            ("unmask_holder", "Can see who a card holder is"),
        ]
        default_permissions = ("view",)  # Django's own "delete_holder" would be a second one of that name
        constraints = [
            models.UniqueConstraint(
                fields=["account", "merchant_ref"], condition=~Q(merchant_ref=""), name="cards_holder_ref"
            ),
            models.UniqueConstraint(
                fields=["account", "provider_id"], condition=~Q(provider_id=""), name="cards_holder_once"
            ),
            models.CheckConstraint(condition=Q(state__in=states.HolderState.values), name="cards_holder_state"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="cards_holder_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="cards_holder_by_state"),
            models.Index(fields=["account", "-created_at", "-id"], name="cards_holder_by_account"),
        ]

    def __str__(self):
        return self.provider_id or self.merchant_ref

    def get_absolute_url(self) -> str:
        return reverse("cards:holder", args=[self.public_id])

    @property
    def tone(self) -> str:
        return states.HOLDER_TONES[states.HolderState(self.state)]


class Card(Mirrored):
    """A card that exists upstream; our copy of the last word on it. Never its number, CVV or PIN."""

    transitions = states.CARD
    holds_money = True
    quiet_facts = ("word",)

    public_id = PublicIdField("crd")
    provider_id = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=states.CardState, default=states.CardState.UNKNOWN)
    merchant_ref = models.CharField(max_length=64, blank=True, help_text=_("our number of the order that opened it"))
    order_provider_id = models.CharField(max_length=64, blank=True)
    app_id = models.CharField(max_length=20, blank=True)
    bin = models.ForeignKey(Bin, null=True, blank=True, on_delete=models.PROTECT, related_name="cards")
    bin_provider_id = models.CharField(max_length=64, blank=True)
    holder = models.ForeignKey(Holder, null=True, blank=True, on_delete=models.PROTECT, related_name="cards")
    holder_provider_id = models.CharField(max_length=64, blank=True)
    last4 = models.CharField(max_length=4, blank=True)
    expiry = models.CharField(max_length=7, blank=True, help_text="MM/YY")
    currency = models.CharField(max_length=8, blank=True)
    balance = AmountField(null=True, blank=True)
    recharged = AmountField(null=True, blank=True, help_text=_("all that was ever put on it"))
    note = models.CharField(max_length=64, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    closing_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [
            ("activate_card", "Can activate cards"),
            ("freeze_card", "Can freeze cards"),
            ("unfreeze_card", "Can unfreeze cards"),
            ("reveal_card", "Can see a card's number and code"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account", "provider_id"], name="cards_card_once"),
            models.CheckConstraint(condition=Q(state__in=states.CardState.values), name="cards_card_state"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="cards_card_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="cards_card_by_state"),
            models.Index(fields=["last4", "-created_at", "-id"], name="cards_card_by_last4"),
            models.Index(fields=["bin", "-created_at", "-id"], name="cards_card_by_bin"),
            models.Index(fields=["account", "-created_at", "-id"], name="cards_card_by_account"),
            models.Index(fields=["currency", "-created_at", "-id"], name="cards_card_by_currency"),
            models.Index(fields=["merchant_ref"], name="cards_card_by_ref"),
            models.Index(fields=["holder", "-created_at", "-id"], name="cards_card_by_holder"),
        ]

    def __str__(self):
        return f"•• {self.last4}" if self.last4 else self.provider_id

    def get_absolute_url(self) -> str:
        return reverse("cards:card", args=[self.public_id])

    @property
    def tone(self) -> str:
        return states.CARD_TONES[states.CardState(self.state)]


class CardOrder(Mirrored):
    """An operation on a card: opening, recharge, closing, replacement. Ours is created before anything is sent."""

    class Kind(models.TextChoices):
        ISSUE = "issue", _("Issue")
        RECHARGE = "recharge", _("Recharge")
        CLOSE = "close", pgettext_lazy("order kind", "Close")
        REPLACE = "replace", _("Replace")
        UNKNOWN = "unknown", pgettext_lazy("order kind", "Unknown")

    transitions = states.ORDER
    holds_money = True
    breaks_when_left = (states.OrderState.WITHDRAWN,)
    intended = ("kind", "bin_provider_id", "wallet_provider_id", "amount", "currency", "card_provider_id")
    frozen_when_settled = ("amount", "fee", "total", "currency", "card_provider_id")

    public_id = PublicIdField("cor")
    merchant_ref = models.CharField(max_length=64, blank=True, help_text=_("our own number; empty on what is not ours"))
    provider_id = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=states.OrderState, default=states.OrderState.REQUESTED)
    kind = models.CharField(max_length=10, choices=Kind)
    app_id = models.CharField(max_length=20, blank=True)
    bin = models.ForeignKey(Bin, null=True, blank=True, on_delete=models.PROTECT, related_name="orders")
    bin_provider_id = models.CharField(max_length=64, blank=True)
    card = models.ForeignKey(Card, null=True, blank=True, on_delete=models.PROTECT, related_name="orders")
    card_provider_id = models.CharField(max_length=64, blank=True)
    holder_provider_id = models.CharField(max_length=64, blank=True)
    wallet = models.ForeignKey(Wallet, null=True, blank=True, on_delete=models.PROTECT, related_name="orders")
    wallet_provider_id = models.CharField(max_length=64, blank=True)
    currency = models.CharField(max_length=8, blank=True)
    amount = AmountField(null=True, blank=True, help_text=_("what the card receives"))
    fee = AmountField(null=True, blank=True, help_text=_("what was charged"))
    total = AmountField(null=True, blank=True, help_text=_("what the wallet pays"))
    quoted_fee = AmountField(null=True, blank=True)
    quoted_total = AmountField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text=_("why it failed, in the provider's words"))
    note = models.CharField(max_length=64, blank=True)
    bills = models.JSONField(null=True, blank=True)
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [
            ("issue_card", "Can issue cards"),
            ("recharge_card", "Can recharge cards"),
            ("close_card", "Can close cards"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "merchant_ref"], condition=~Q(merchant_ref=""), name="cards_order_ref"
            ),
            models.UniqueConstraint(
                fields=["account", "provider_id"], condition=~Q(provider_id=""), name="cards_order_once"
            ),
            models.CheckConstraint(condition=Q(state__in=states.OrderState.values), name="cards_order_state"),
            models.CheckConstraint(condition=~Q(merchant_ref="") | ~Q(provider_id=""), name="cards_order_has_a_number"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="cards_order_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="cards_order_by_state"),
            models.Index(fields=["account", "-created_at", "-id"], name="cards_order_by_account"),
            models.Index(fields=["kind", "-created_at", "-id"], name="cards_order_by_kind"),
            models.Index(fields=["card", "-created_at", "-id"], name="cards_order_by_card"),
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(fee__isnull=False, quoted_fee__isnull=False) & ~Q(fee=F("quoted_fee")),
                name="cards_order_fee_variance",
            ),
        ]

    def __str__(self):
        return self.merchant_ref or self.provider_id

    def get_absolute_url(self) -> str:
        return reverse("cards:order", args=[self.public_id])

    @property
    def tone(self) -> str:
        return states.ORDER_TONES[states.OrderState(self.state)]

    @property
    def fee_variance(self):
        """Charged minus quoted; None until both are known."""
        return None if self.fee is None or self.quoted_fee is None else self.fee - self.quoted_fee
