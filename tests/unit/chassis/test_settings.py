"""Settings are checked once, and every fault is told at once with its name and remedy."""

import pytest

from services.chassis.settings import SettingsFault, load, parse_section

PROFILE = """
bus = "embedded"
[gateway]
port = 8080
[services.customer]
run = "here"
address = "unix:{home}/run/services.sock"
database_url = "sqlite:///{home}/customer.db"
"""


@pytest.fixture
def profile(tmp_path):
    path = tmp_path / "test.toml"
    path.write_text(PROFILE)
    return str(path)


def test_environment_stands_over_the_profile(profile, tmp_path):
    settings = load(profile, {"WORKBENCH_HOME": str(tmp_path), "WORKBENCH_PORT": "9", "WORKBENCH_CUSTOMER_METRICS_PORT": "7"})
    assert settings.home == tmp_path
    assert settings.gateway["port"] == "9"
    assert settings.services["customer"].metrics_port == 7
    assert settings.services["customer"].address == f"unix:{tmp_path}/run/services.sock"


def test_every_fault_is_told_at_once_with_name_and_remedy(profile):
    environment = {"WORKBENCH_BUSS": "x", "WORKBENCH_BUS": "pigeon", "WORKBENCH_CUSTOMER_METRICS_PORT": "high"}
    with pytest.raises(SettingsFault) as fault:
        load(profile, environment)
    text = str(fault.value)
    assert "WORKBENCH_BUSS: no such setting; did you mean WORKBENCH_BUS?" in text
    assert "bus (WORKBENCH_BUS)" in text
    assert "services.customer.metrics_port (WORKBENCH_CUSTOMER_METRICS_PORT)" in text


def test_what_begins_with_an_owners_name_is_its_own_to_judge(profile):
    settings = load(profile, {"WORKBENCH_GATEWAY_DEADLINE_MS": "9", "WORKBENCH_CUSTOMER_COLOUR": "red"})
    assert settings.gateway["deadline_ms"] == "9"
    assert settings.services["customer"].own == {"colour": "red"}


def test_a_fault_never_repeats_the_value(profile):
    with pytest.raises(SettingsFault) as fault:
        load(profile, {"WORKBENCH_CUSTOMER_METRICS_PORT": "hunter2"})
    assert "hunter2" not in str(fault.value)


def test_unknown_profile_names_the_known_ones():
    with pytest.raises(SettingsFault, match="branch"):
        load("brunch", {})


def test_secrets_are_not_printed(profile, tmp_path):
    settings = load(profile, {"WORKBENCH_HOME": str(tmp_path), "WORKBENCH_AMQP_URL": "amqp://user:hunter2@host"})
    assert "hunter2" not in repr(settings)


def test_profiles_of_the_project_are_read(tmp_path):
    for name in ("branch", "head-office"):
        assert load(name, {"WORKBENCH_HOME": str(tmp_path)}).profile == name


def test_section_of_a_service_is_checked_by_its_own_model():
    from services.chassis.settings import TelemetrySettings

    with pytest.raises(SettingsFault, match=r"services\.customer\.own\.log_level"):
        parse_section(TelemetrySettings, {"log_level": "LOUD"}, "services.customer.own")
