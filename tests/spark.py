"""A Spark cluster of a master and one worker, from what pip brings, reachable from this machine alone."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.servers import free_port, java

START_SECONDS = 120
# Whoever drives it reads these too: they stand in the folder that SPARK_CONF_DIR names.
_SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.executor.memory": "1g",
    "spark.cores.max": "1",
    "spark.sql.shuffle.partitions": "1",
}


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Starts it and answers the master's address; the settings of the environment last as long."""
    java()
    import pyspark

    home, conf = Path(pyspark.__file__).parent, folder / "conf"
    conf.mkdir()
    (conf / "spark-defaults.conf").write_text("".join(f"{name} {value}\n" for name, value in _SETTINGS.items()))
    environment = {"SPARK_HOME": str(home), "SPARK_CONF_DIR": str(conf), "SPARK_LOCAL_IP": "127.0.0.1"}
    master, page, worker_page = free_port(), free_port(), free_port()
    url = f"spark://127.0.0.1:{master}"
    formerly = {name: os.environ.get(name) for name in environment}
    with ExitStack() as stack:
        stack.callback(_restore, formerly)
        os.environ.update(environment)

        def start(role: str, *arguments: str) -> None:
            command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{role.lower()}.{role}", *arguments]
            log = stack.enter_context((folder / f"{role}.log").open("wb"))
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
            stack.callback(process.wait)
            stack.callback(process.kill)

        start("Master", "--host", "127.0.0.1", "--port", str(master), "--webui-port", str(page))
        worker = ("--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", str(worker_page))
        start("Worker", *worker, "--work-dir", str(folder / "work"), url)
        _wait_for_worker(f"http://127.0.0.1:{page}/json/", folder)
        yield url


def _wait_for_worker(page: str, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(page, timeout=5) as answer:
                if b'"ALIVE"' in answer.read().partition(b'"workers"')[2]:
                    return
        except OSError:
            pass  # Its page is not there yet.
        time.sleep(0.2)
    raise AssertionError("No worker came to the cluster:\n" + "\n".join(log.read_text() for log in folder.glob("*.log")))


def _restore(environment: dict[str, str | None]) -> None:
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
