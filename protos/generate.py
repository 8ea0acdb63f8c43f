"""Generates Python modules and the descriptor set from the protos: `python protos/generate.py OUT_DIRECTORY`.

protovalidate ships no .proto file, only the descriptor of its options. That descriptor goes, with its imports, into a
descriptor set from which protoc resolves `import "buf/validate/validate.proto"` and generates the module as well.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from google.api import http_pb2
from google.protobuf import descriptor_pb2, descriptor_pool, duration_pb2, field_mask_pb2, timestamp_pb2
from grpc_tools import protoc
from protovalidate._gen.buf.validate import validate_pb

PROTOS = Path(__file__).parent
CONTRACT_FILE = "workbench/contract.binpb"


def generate(out: Path) -> None:
    """Writes `*_pb2.py`, `*_pb2.pyi` and the descriptor set (imports and comments included) to the folder `out`."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    imported = out / "validate.binpb"
    imported.write_bytes(_validate_descriptor_set().SerializeToString())
    sources = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.rglob("*.proto"))
    google = Path(http_pb2.__file__).parents[2]
    well_known = Path(protoc.__file__).parent / "_proto"
    _protoc(
        f"--proto_path={PROTOS}",
        f"--proto_path={google}",
        f"--proto_path={well_known}",
        f"--descriptor_set_in={imported}",
        f"--python_out={out}",
        f"--pyi_out={out}",
        f"--descriptor_set_out={out / 'contract.binpb'}",
        "--include_imports",
        "--include_source_info",
        *sources,
        "buf/validate/validate.proto",
    )
    (out / "contract.binpb").rename(out / CONTRACT_FILE)
    imported.unlink()


def _validate_descriptor_set() -> descriptor_pb2.FileDescriptorSet:
    files = descriptor_pb2.FileDescriptorSet()
    for module in (descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2):
        known = descriptor_pool.Default().FindFileByName(module.DESCRIPTOR.name)
        known.CopyToProto(files.file.add())
    files.file.add().ParseFromString(validate_pb.desc().proto.to_binary())
    return files


def _protoc(*arguments: str) -> None:
    if protoc.main(["protoc", *arguments]) != 0:
        raise SystemExit("protoc refused the protos; what it said stands above.")


if __name__ == "__main__":
    generate(Path(sys.argv[1]))
