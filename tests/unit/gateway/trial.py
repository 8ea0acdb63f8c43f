"""A contract for tests: `trial.proto`, compiled into a pool of its own, so that no product proto needs odd fields."""

import tempfile
from functools import cache
from pathlib import Path

from google.api import http_pb2
from grpc_tools import protoc

from gateway.transcoding.contract import Contract, message_class

HERE = Path(__file__).parent
PROTOS = HERE.parents[2] / "protos"

# Never freed: protobuf finds its Python objects by the address of what they stand for, and a pool that a collection frees while
# other threads use theirs leaves addresses behind for what comes to lie there next.
_KEPT = []


@cache
def trial_contract():
    """The contract of `workbench.trial.v1`."""
    return compile_contract((HERE / "trial.proto").read_text())


def compile_contract(source):
    """The contract of a proto's text."""
    google = Path(http_pb2.__file__).parents[2]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "trial.proto").write_text(source)
        out = Path(folder, "out.binpb")
        status = protoc.main([
            "protoc", f"--proto_path={folder}", f"--proto_path={PROTOS}", f"--proto_path={google}",
            f"--proto_path={Path(protoc.__file__).parent / '_proto'}", f"--descriptor_set_out={out}",
            "--include_imports", "--include_source_info", "trial.proto",
        ])  # fmt: skip
        assert status == 0
        _KEPT.append(Contract.load(out))
        return _KEPT[-1]


def trial_class(name):
    """The class of a message of the trial contract."""
    return message_class(trial_contract().pool.FindMessageTypeByName(f"workbench.trial.v1.{name}"))
