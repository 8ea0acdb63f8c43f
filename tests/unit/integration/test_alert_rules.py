"""The rules for Prometheus are rules, and speak of metrics that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
RULES = sorted((ROOT / "deploy/prometheus").glob("*.rules.yaml"))


def known_metrics():
    """Every metric's name that the code gives, in a call of its own."""
    sources = [path.read_text(encoding="utf-8") for room in ("services", "gateway") for path in (ROOT / room).rglob("*.py")]
    return {name for text in sources for name in re.findall(r'"(workbench_[a-z_]+)"', text)}


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_rules_parse_and_name_metrics_that_there_are(path):
    groups = yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert rules
    known = known_metrics()
    for rule in rules:
        assert {"alert", "expr", "labels", "annotations"} <= rule.keys()
        named = set(re.findall(r"workbench_[a-z_]+", rule["expr"]))
        assert named
        assert named <= known, rule["alert"]
