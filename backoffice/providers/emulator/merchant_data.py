"""The made-up merchant: what it holds, whom it employs, what its cards are for."""

from typing import Any

DOCUMENTED_APP = (10001001, 100001, "ae9ae3f5ad284ef4836de18aa3d41c47")

# currency, top-ups by days ago, and the balance it ends at
WALLETS: list[tuple[str, dict[int, str], str]] = [
    ("USD", {62: "150000", 31: "60000"}, "218420.55"),
    ("EUR", {62: "30000"}, "46210.80"),
    ("HKD", {62: "90000"}, "127350.40"),
    ("GBP", {62: "12.40"}, "12.40"),
]

ADS, SOFTWARE, TRAVEL, EURO, FIELD, OLD = (
    "cpi_6530de6a2f1c7",
    "cpi_6541ac09b7d22",
    "cpi_659b21f40ac3e",
    "cpi_65c07be11d9f4",
    "cpi_65d8830f6e2a1",
    "cpi_64f19c52d0b83",
)
PHYSICAL = TRAVEL
BIN_IDS, BIN_WEIGHTS = [ADS, SOFTWARE, TRAVEL, EURO, FIELD, OLD], [42, 18, 10, 14, 9, 7]


def _open(value: str) -> dict:
    return {"code": "open", "category": "opening_fee", "value": value}


def _recharge(value: str, at_least: str = "0", at_most: str = "0") -> dict:
    limits = {"min_fee": at_least, "max_fee": at_most}
    return {"code": "recharge", "category": "recharge_fee", "is_rate": True, "value": value, **limits}


def _fixed(code: str, category: str, value: str) -> dict:
    return {"code": code, "category": category, "value": value}


BINS: list[dict[str, Any]] = [
    {
        "bin_id": ADS,
        "bin": "493875",
        "bin_name": "Visa 493875 Advertising",
        "organization": "VISA",
        "country": "US",
        "currency": "USD",
        "mark": "ads, software, hosting",
        "fees": [_open("1.5"), _recharge("0.01", "0.5"), _fixed("trade_decline", "trade", "0.3")],
        "limits": {"max_card_count": 500, "trade_single_max": 10000, "trade_month_max": 100000},
    },
    {
        "bin_id": SOFTWARE,
        "bin": "556371",
        "bin_name": "Mastercard 556371 Subscriptions",
        "organization": "MASTERCARD",
        "country": "US",
        "currency": "USD",
        "mode": "shared",
        "mark": "one limit for life, no recharge",
        "fees": [_open("0.8"), _fixed("month", "monthly_fee", "0.5")],
        "limits": {"open_min_amount": 5, "open_max_amount": 2000},
    },
    {
        "bin_id": TRAVEL,
        "bin": "525847",
        "bin_name": "Mastercard 525847 Travel",
        "organization": "MASTERCARD",
        "country": "HK",
        "currency": "HKD",
        "type": "physical",
        "need_holder": True,
        "mark": "physical, holder required",
        "fees": [_open("80"), _recharge("0.012", "5", "400"), _fixed("close", "closing_fee", "20")],
        "limits": {"open_min_amount": 0, "open_max_amount": 40000, "recharge_min_amount": 100},
    },
    {
        "bin_id": EURO,
        "bin": "428837",
        "bin_name": "Visa 428837 Europe",
        "organization": "VISA",
        "country": "LT",
        "currency": "EUR",
        "mark": "3-D Secure, EEA merchants",
        "fees": [_open("1.2"), _recharge("0.008", "0.4"), _fixed("trade_cross_border", "trade", "0.2")],
        "limits": {"open_max_amount": 8000},
    },
    {
        "bin_id": FIELD,
        "bin": "441112",
        "bin_name": "Visa 441112 Field teams",
        "organization": "VISA",
        "country": "US",
        "currency": "USD",
        "need_holder": True,
        "status": "maintenance",
        "mark": "holder required",
        "fees": [_open("2"), _recharge("0.015", "1"), _fixed("close", "closing_fee", "1")],
        "limits": {"open_min_amount": 20, "open_max_amount": 3000},
    },
    {
        "bin_id": OLD,
        "bin": "531993",
        "bin_name": "Mastercard 531993 Classic",
        "organization": "MASTERCARD",
        "country": "GB",
        "currency": "USD",
        "status": "offline",
        "mark": "withdrawn, existing cards work",
        "fees": [_open("1"), _recharge("0.02", "1")],
        "limits": {},
    },
]

PEOPLE = [
    ("MEI", "CHAN", "Kowloon", "HK"),
    ("DANIEL", "OKAFOR", "London", "GB"),
    ("SOFIA", "LINDQVIST", "Stockholm", "SE"),
    ("WEI", "ZHANG", "Shenzhen", "CN"),
    ("LAURA", "MORETTI", "Milano", "IT"),
    ("JAMES", "WHITFIELD", "Austin", "US"),
    ("PRIYA", "RAMAN", "Singapore", "SG"),
    ("YUKI", "TANAKA", "Osaka", "JP"),
    ("CARLOS", "MENDES", "Lisboa", "PT"),
    ("ANNA", "NOWAK", "Warszawa", "PL"),
]
PHONE_CODES = {
    "HK": "852",
    "GB": "44",
    "SE": "46",
    "CN": "86",
    "IT": "39",
    "US": "1",
    "SG": "65",
    "JP": "81",
    "PT": "351",
    "PL": "48",
}
DELIVERY = {
    "name": "Mei Chan",
    "phone": "55500001",
    "country": "HK",
    "state": "Hong Kong",
    "city": "Kowloon",
    "address": "12 Example Road",
    "post_code": "999077",
}

MARKS = [
    "Ads, Google",
    "Ads, Meta",
    "Ads, TikTok",
    "Travel, Q4",
    "差旅 · 深圳",
    "差旅 · 上海",
    "SaaS, Figma seats",
    "Hosting, EU region",
    "市场部 · 展会",
    "Office, Lisbon",
    "Test purchases",
    "",
]
AMOUNTS = ["20", "50", "75.50", "100", "150", "200", "250", "320.25", "500", "800", "1200"]
SHOPS = [
    "GOOGLE ADS DUBLIN",
    "META PLATFORMS IRELAND",
    "AWS EMEA LUXEMBOURG",
    "FIGMA SAN FRANCISCO",
    "TRIP.COM SHANGHAI",
    "HETZNER ONLINE GUNZENHAUSEN",
    "SHOPIFY OTTAWA",
    "CATHAY PACIFIC HONG KONG",
]

# what becomes of an opening, and how many of each
FATES = {
    "active": 37,
    "frozen": 5,
    "pending": 3,
    "closing": 2,
    "closed": 6,
    "lost": 2,
    "replaced": 3,
    "rejected": 3,
    "holder_unfit": 1,
    "issuer_down": 1,
}
REASONS = {
    "rejected": "issuer rejected",
    "holder_unfit": "holder details do not match",
    "issuer_down": "issuer did not answer in time",
}
