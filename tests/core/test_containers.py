"""What the compose file promises of each container."""

import re
from pathlib import Path

import pytest
import yaml

from backoffice.core.workers import QUEUES

COMPOSE = yaml.safe_load((Path(__file__).resolve().parents[2] / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
LONGEST_TASK = 50 + 30  # seconds: a drain's time, and the exchange that it began last


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_has_no_rights_no_writable_root_a_bound_on_its_memory_and_a_health_check(name):
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["healthcheck"]["test"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_secret_comes_as_a_file(name):
    values = SERVICES[name].get("environment", {})
    assert [
        key for key in values if re.search("SECRET|KEY|PASSWORD|DATABASE_URL", key) and not key.endswith("_FILE")
    ] == []


def test_each_queue_has_a_worker_of_its_own_that_may_end_its_task():
    workers = {name: service for name, service in SERVICES.items() if name.startswith("worker-")}
    assert sorted(worker["environment"]["QUEUE"] for worker in workers.values()) == sorted(QUEUES.split(","))
    for worker in workers.values():
        assert int(worker["stop_grace_period"].removesuffix("s")) > LONGEST_TASK
