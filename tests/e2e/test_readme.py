"""The README's commands do what the README says: each `$` line is run, and what stands below it is what comes.

`…` in the README stands for any text. All commands of a file run in one shell, so that a variable set above is there below.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.results import RESULTS_SECONDS, wait_for_analysis, wait_for_feeds, wait_for_results

ROOT = Path(__file__).parents[2]
ANALYTICS, PERFORMANCE = "services/analytics/README.md", "services/performance/README.md"
READMES = [
    "README.md", "services/activity/README.md", "services/customer/README.md", "gateway/identity/README.md", ANALYTICS,
    PERFORMANCE,
]  # fmt: skip
MARK = "──── next command ────"


def transcript(path):
    """The commands of the file's console blocks, each with the lines that should come."""
    steps = []
    for block in re.findall(r"^```console\n(.*?)^```", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            elif steps[-1][0].endswith("\\"):
                steps[-1] = (f"{steps[-1][0]}\n{line}", [])
            else:
                steps[-1][1].append(line)
    return steps


# Results are made in the background, of what the demonstration bank delivers.
@pytest.mark.timeout(RESULTS_SECONDS + 120)
@pytest.mark.parametrize("path", READMES)
def test_commands_do_what_the_readme_says(deployment, path):
    wait_for_feeds(deployment)
    if path == PERFORMANCE:
        wait_for_results(deployment)
    if path == ANALYTICS:
        wait_for_analysis(deployment)
    steps = [(command, expected) for command, expected in transcript(path) if not command.startswith("make ")]
    assert steps, f"{path} shows no commands."
    script = "\n".join(f"{command}\necho\necho '{MARK}'" for command, _ in steps)
    script = script.replace("127.0.0.1:8080", f"127.0.0.1:{deployment.port}").replace("var/", f"{deployment.home}/")
    environment = dict(deployment.environment) | {"PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}"}
    run = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=90
    )
    said = run.stdout.split(MARK)
    for (command, expected), came in zip(steps, said, strict=False):
        wanted = "\n".join(expected).strip()
        pattern = ".*".join(re.escape(part) for part in re.sub(r"\s+", " ", wanted).split("…"))
        assert re.search(pattern, re.sub(r"\s+", " ", came), re.DOTALL), (
            f"$ {command}\nwanted: {wanted}\ncame: {came}\n{run.stderr}"
        )
