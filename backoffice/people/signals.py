"""The roles' groups follow their table whenever the database is brought up to date."""

from django.apps import apps as installed

from backoffice.people.roles import write_groups


def make_groups(*, app_config, using: str, apps=installed, **_kwargs) -> None:
    """Once a migration run: after the last app, when every permission is there."""
    if app_config != [config for config in installed.get_app_configs() if config.models_module][-1]:
        return
    try:
        group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        return  # on the way back to an empty database
    write_groups(group_model, permission_model, using=using)
