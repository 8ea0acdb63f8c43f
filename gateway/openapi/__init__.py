"""The OpenAPI 3.1 document of the contract, from the same descriptors as the routes, so that it cannot say anything else."""

from __future__ import annotations

import json

from gateway.openapi.document import build_document
from gateway.transcoding.contract import Contract


def document_text(contract: Contract | None = None) -> str:
    """The document as indented JSON text: the same for the same contract, fit to be reviewed line by line."""
    return json.dumps(build_document(contract or Contract.load()), ensure_ascii=False, indent=1) + "\n"


__all__ = ["build_document", "document_text"]
