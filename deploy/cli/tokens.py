"""`workbench token`: signs in and prints an access token, for curl and scripts."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from services.chassis.kernel.errors import NotAuthenticated, Unavailable

TIMEOUT_SECONDS = 10


def token(
    login: Annotated[str, typer.Argument(help="The sign-in name, such as rm1.east.")],
    url: Annotated[str, typer.Option(help="The gateway; this machine's where empty.")] = "",
) -> None:
    """Sign in and print an access token. Asks for the password, or takes it from WORKBENCH_SIGN_IN_PASSWORD."""
    import requests

    from services.chassis.settings import load

    settings = load(environment={k: v for k, v in os.environ.items() if k != "WORKBENCH_SIGN_IN_PASSWORD"})
    password = os.environ.get("WORKBENCH_SIGN_IN_PASSWORD") or _ask(demonstration=settings.demonstration)
    base = url or f"http://127.0.0.1:{settings.gateway['port']}"
    try:
        answer = requests.post(f"{base}/v1/sessions", json={"login": login, "password": password}, timeout=TIMEOUT_SECONDS)
    except requests.RequestException:
        raise Unavailable("GATEWAY_UNREACHABLE", f"No gateway answers at {base}; start it with `workbench up`.") from None
    if answer.status_code != requests.codes.ok:
        problem = answer.json()
        raise NotAuthenticated(problem.get("reason", "UNKNOWN"), problem.get("detail", "The gateway refused without a reason."))
    print(answer.json()["accessToken"])


def _ask(*, demonstration: bool) -> str:
    from deploy.demonstration.bank import PASSWORD

    return PASSWORD if demonstration else str(typer.prompt("Password", hide_input=True, err=True))
