"""Who is told of exchanges, and that the ports are kept."""

import inspect

import pytest

from backoffice.providers import ports, registry
from backoffice.providers.openapi.client import OpenApiClient
from backoffice.providers.openapi.webhooks import OpenApiReceiver


@pytest.fixture
def observers(monkeypatch):
    monkeypatch.setattr(registry, "_observers", [])


def test_an_observer_is_told_once_however_often_it_registers(observers):
    told = []
    registry.observe(told.append)
    registry.observe(told.append)
    registry.notify_observers("record")
    assert told == ["record"]


@pytest.mark.parametrize(("port", "made"), [(ports.CardIssuer, OpenApiClient), (ports.Receiver, OpenApiReceiver)])
def test_every_method_of_a_port_is_there_with_its_parameters(port, made):
    wanted = {name: member for name, member in vars(port).items() if inspect.isfunction(member) and name[0] != "_"}
    assert wanted
    for name, member in wanted.items():
        ours = inspect.signature(getattr(made, name)).parameters.values()
        theirs = inspect.signature(member).parameters.values()
        assert [(one.name, one.kind) for one in ours] == [(one.name, one.kind) for one in theirs]
