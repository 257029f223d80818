"""People and keys. Nobody here gets more than a role gives, and nobody changes their own."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.journal.admin import JournalledAdmin
from backoffice.journal.models import Source
from backoffice.journal.record import Actor, record
from backoffice.people.keys import revoke_api_key
from backoffice.people.models import ApiKey

admin.site.unregister(User)
admin.site.unregister(Group)  # roles follow their table in the code


def _actor(request: HttpRequest) -> Actor:
    return Actor(cast(User, request.user), via="admin")


@admin.register(User)
class PersonAdmin(UserAdmin):
    """A person's name and roles. Rights of their own beside the roles are a superuser's business."""

    list_display = ("username", "first_name", "last_name", "email", "is_active", "last_login")
    list_filter = ("is_active", "groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        fixed = ["last_login", "date_joined"]
        if not request.user.is_superuser:
            fixed += ["is_superuser", "user_permissions"]
        if obj == request.user:
            fixed += ["groups", "is_staff", "is_active", "is_superuser", "user_permissions"]
        return tuple(dict.fromkeys(fixed))

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not above and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # who left is made inactive: the journal names them

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        person = form.instance
        before = sorted(person.groups.values_list("name", flat=True))
        super().save_related(request, form, formsets, change)
        after = sorted(person.groups.values_list("name", flat=True))
        told = {"active": person.is_active, "staff": person.is_staff, "roles_before": before, "roles": after}
        verb = "people.change_person" if change else "people.add_person"
        record(person, verb, source=Source.COMMAND, actor=_actor(request), **told)


@admin.register(ApiKey)
class ApiKeyAdmin(JournalledAdmin):
    """Who answers for a key, what it may, when it was last used. It can be revoked, for ever."""

    list_display = ("name", "prefix", "owner", "created", "last_used_at", "expiry_date", "revoked")
    list_filter = ("revoked",)
    found_by = ("public_id", "prefix")
    newest_first = "created"
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        return [name for name in super().get_fields(request, obj) if name not in {"id", "hashed_key"}]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("people.change_apikey")

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        revoked = sum(revoke_api_key(actor=_actor(request), key=key) for key in queryset)
        self.message_user(request, _("Revoked: %(count)d") % {"count": revoked})
