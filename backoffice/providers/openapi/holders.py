"""The calls about card holders. Of the people themselves, nothing is put on the record of an exchange."""

from typing import Unpack

from backoffice.providers.openapi import people
from backoffice.providers.openapi.calling import Calling, echoing, require_ids
from backoffice.providers.openapi.fields import Fields
from backoffice.providers.openapi.mapping import Reading
from backoffice.providers.ports import HolderFields
from backoffice.providers.snapshots import HolderSnapshot, Page


class Holders(Calling):
    """Card holders of one account."""

    def holders(self, page: int = 1, page_size: int | None = None) -> Page[HolderSnapshot]:
        return self._list("list_holders", "holder_list", people.holder, page, page_size, discretion=people.ABOUT_HOLDER)

    def holder(self, holder_id: str) -> HolderSnapshot:
        return self._one("read_holder", people.holder, discretion=people.ABOUT_HOLDER, holder_id=holder_id)

    def find_holder(self, *, merchant_ref: str) -> HolderSnapshot | None:
        require_ids(out_holder_id=merchant_ref)

        def understand(data: Fields, reading: Reading) -> HolderSnapshot | None:
            rows = data.objects("holder_list")
            if data.integer("total") != len(rows) or len(rows) > 1:
                raise data.wrong("holder_list", "has not one row or none")
            found = echoing(people.holder, out_holder_id=merchant_ref)
            return found(rows[0], reading) if rows else None

        return self._call(
            "list_holders",
            understand,
            {"page": 1, "page_size": 2, "out_holder_id": merchant_ref},
            reference=merchant_ref,
            discretion=people.ABOUT_HOLDER,
        )

    def create_holder(self, *, merchant_ref: str, **fields: Unpack[HolderFields]) -> HolderSnapshot:
        require_ids(out_holder_id=merchant_ref)
        written = people.of_new(fields, self._tables)
        return self._call(
            "create_holder",
            echoing(people.known_as, out_holder_id=merchant_ref),
            {"out_holder_id": merchant_ref, **written},
            write=True,
            reference=merchant_ref,
            discretion=people.discretion_about(written),
        )

    def edit_holder(self, *, holder_id: str, **fields: Unpack[HolderFields]) -> HolderSnapshot:
        require_ids(holder_id=holder_id)
        written = people.of_change(fields, self._tables)
        return self._call(
            "update_holder",
            echoing(people.known_as, holder_id=holder_id),
            {"holder_id": holder_id, **written},
            write=True,
            reference=holder_id,
            discretion=people.discretion_about(written),
        )

    def delete_holder(self, *, holder_id: str) -> HolderSnapshot:
        require_ids(holder_id=holder_id)
        return self._call(
            "delete_holder",
            echoing(people.deleted, holder_id=holder_id),
            {"holder_id": holder_id},
            write=True,
            reference=holder_id,
            discretion=people.ABOUT_HOLDER,
        )
