"""The keys of a deployment: those that sign tokens, and those that keep identifying values unreadable at rest.

They are files in one folder, made at the first start. `signing-keys.json` is for the gateway and identity alone; every service
reads `signing-keys.public.json`, and `data-keys.json` where it keeps identifying values. All copies of a deployment share them.

Rotation never breaks a running process: a new key is published at once and used only after every process had time to read it.
An old signing key stays published until the last token that it signed is dead, an old data key until nothing needs it.
"""

from __future__ import annotations

from pathlib import Path

from services.chassis.keys.data import (
    SETTLING_SECONDS,
    DataKey,
    DataKeys,
    create_data_keys,
    data_keys,
    known_data_keys,
    retire_data,
    rotate_data,
    use_data_keys,
)
from services.chassis.keys.files import (
    DATA_KEYS_FILE,
    PUBLIC_KEYS_FILE,
    PUBLISHING_DELAY_SECONDS,
    RELOAD_SECONDS,
    SIGNING_KEYS_FILE,
    locked,
)
from services.chassis.keys.signing import (
    TOKEN_LIFETIME_SECONDS_MAX,
    KeyRing,
    Rotation,
    create_signing_keys,
    known_signing_keys,
    rotate,
)

__all__ = [
    "DATA_KEYS_FILE",
    "PUBLIC_KEYS_FILE",
    "PUBLISHING_DELAY_SECONDS",
    "RELOAD_SECONDS",
    "SETTLING_SECONDS",
    "SIGNING_KEYS_FILE",
    "TOKEN_LIFETIME_SECONDS_MAX",
    "DataKey",
    "DataKeys",
    "KeyRing",
    "Rotation",
    "create_keys",
    "data_keys",
    "known_data_keys",
    "known_signing_keys",
    "retire_data",
    "rotate",
    "rotate_data",
    "use_data_keys",
]


def create_keys(folder: Path) -> None:
    """Makes what keys the folder lacks; never touches one that is there. Several processes may call it at once."""
    with locked(folder):
        create_signing_keys(folder)
        create_data_keys(folder)
