"""One method per call of OPEN-API: our words in, a snapshot or a ProviderError out. Nothing is retried here."""

from backoffice.providers.openapi import mapping
from backoffice.providers.openapi.cards import Cards
from backoffice.providers.openapi.holders import Holders
from backoffice.providers.snapshots import BinFeesSnapshot, BinLimitsSnapshot, BinSnapshot, Page, WalletSnapshot


class OpenApiClient(Cards, Holders):
    """A CardIssuer over one account of ours at OPEN-API."""

    def wallets(self, page: int = 1, page_size: int | None = None) -> Page[WalletSnapshot]:
        return self._list("list_wallets", "wallet_list", mapping.wallet, page, page_size)

    def wallet(self, wallet_id: str) -> WalletSnapshot:
        return self._one("read_wallet", mapping.wallet, wallet_id=wallet_id)

    def bins(self, page: int = 1, page_size: int | None = None) -> Page[BinSnapshot]:
        return self._list("list_bins", "bin_list", mapping.bin_, page, page_size)

    def bin(self, bin_id: str) -> BinSnapshot:
        return self._one("read_bin", mapping.bin_, bin_id=bin_id)

    def bin_fees(self, bin_id: str) -> BinFeesSnapshot:
        return self._one("read_bin_fees", mapping.bin_fees, bin_id=bin_id)

    def bin_limits(self, bin_id: str) -> BinLimitsSnapshot:
        return self._one("read_bin_limits", mapping.bin_limits, bin_id=bin_id)
