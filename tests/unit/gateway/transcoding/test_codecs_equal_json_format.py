"""Whatever message or JSON comes: the generated codecs and google.protobuf.json_format agree."""

import copy
import json
import math

import orjson
import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gateway.transcoding.contract import message_class
from gateway.transcoding.decoding import Decoders
from gateway.transcoding.encoding import Encoders
from gateway.transcoding.misfit import Misfit
from gateway.transcoding.names import is_map
from tests.unit.gateway.trial import trial_class, trial_contract

POOL = trial_contract().pool
Everything = trial_class("Everything")
ENCODE = Encoders(POOL).of(Everything.DESCRIPTOR)
DECODE = Decoders(POOL).of(Everything.DESCRIPTOR)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
FLOATS = st.floats(allow_nan=True, allow_infinity=True)
SCALARS = {
    FieldDescriptor.CPPTYPE_STRING: TEXTS,
    FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
    FieldDescriptor.CPPTYPE_DOUBLE: FLOATS,
    FieldDescriptor.CPPTYPE_FLOAT: st.floats(width=32),
    FieldDescriptor.CPPTYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_UINT32: st.integers(0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_INT64: st.integers(-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT64: st.integers(0, 2**64 - 1),
}
PATHS = st.from_regex(r"[a-z]{1,4}(_[a-z]{1,3}){0,2}(\.[a-z]{1,4})?", fullmatch=True)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | TEXTS | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**70), 2**70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def messages(draw, message_type=Everything, depth=2):
    message = message_type()
    fields = [field for field in message.DESCRIPTOR.fields if depth or not reaches_itself(field)]
    for field in draw(st.lists(st.sampled_from(fields), max_size=6, unique_by=lambda field: field.name)):
        put(draw, message, field, depth - 1)
    return message


def reaches_itself(field):
    return field.message_type is not None and (
        field.message_type.full_name == Everything.DESCRIPTOR.full_name or field.name in ("by_number", "an_any")
    )


def put(draw, message, field, depth):
    if is_map(field):
        entry = field.message_type.fields_by_name
        items = getattr(message, field.name)
        for key in draw(st.lists(SCALARS[entry["key"].cpp_type], max_size=3)):
            if entry["value"].message_type is not None:
                items[key].CopyFrom(draw(values(entry["value"], depth)))
            else:
                items[key] = draw(values(entry["value"], depth))
    elif field.is_repeated:
        getattr(message, field.name).extend(draw(st.lists(values(field, depth), max_size=3)))
    elif field.message_type is not None:
        getattr(message, field.name).CopyFrom(draw(values(field, depth)))
        getattr(message, field.name).SetInParent()
    else:
        setattr(message, field.name, draw(values(field, depth)))


def values(field, depth):
    if field.message_type is not None:
        return submessages(message_class(field.message_type), depth)
    if field.enum_type is not None:
        names = [value.number for value in field.enum_type.values]
        return st.sampled_from(names if field.enum_type.full_name.startswith("google") else [*names, 77, -9])
    return st.binary(max_size=6) if field.type == FieldDescriptor.TYPE_BYTES else SCALARS[field.cpp_type]


@st.composite
def submessages(draw, message_type, depth):
    name = message_type.DESCRIPTOR.name
    message = message_type()
    if name == "Timestamp":
        message.seconds = draw(st.integers(-62_135_596_800, 253_402_300_799))
        message.nanos = draw(st.sampled_from([0, 5_000_000, 7_000, 999_999_999, 1]))
    elif name == "Duration":
        sign = draw(st.sampled_from([-1, 1]))
        message.seconds = sign * draw(st.integers(0, 315_576_000_000 - 1))
        message.nanos = sign * draw(st.sampled_from([0, 5_000_000, 7_000, 999_999_999, 1]))
    elif name == "FieldMask":
        message.paths.extend(draw(st.lists(PATHS, max_size=3)))
    elif name in ("Value", "Struct", "ListValue"):
        kinds = {
            "Value": JSON_VALUES,
            "Struct": st.dictionaries(TEXTS, JSON_VALUES, max_size=3),
            "ListValue": st.lists(JSON_VALUES, max_size=3),
        }
        json_format.ParseDict(draw(kinds[name]), message)
    elif name == "Any":
        inner = draw(
            st.one_of(
                messages(depth=max(depth, 0)), submessages(trial_any("Duration"), 0), submessages(trial_any("Int64Value"), 0)
            )
        )
        message.Pack(inner)
    elif name == "Everything":
        return draw(messages(depth=max(depth, 0)))
    else:
        for field in message.DESCRIPTOR.fields:
            put(draw, message, field, depth)
    return message


def trial_any(name):
    return message_class(POOL.FindMessageTypeByName(f"google.protobuf.{name}"))


def reference(message):
    return json_format.MessageToDict(message, always_print_fields_with_no_presence=True, descriptor_pool=POOL)


def alike(left, right):
    return left.SerializeToString(deterministic=True) == right.SerializeToString(deterministic=True)


@QUICK
@given(messages())
def test_encoding_any_message_gives_what_json_format_gives(message):
    encoded = ENCODE(message)
    assert encoded == reference(message)
    assert json.loads(orjson.dumps(encoded)) == json.loads(json.dumps(reference(message)))


@QUICK
@given(messages(), st.booleans(), st.booleans())
def test_decoding_what_json_format_wrote_gives_the_message_back(message, original_names, defaults):
    value = json_format.MessageToDict(
        message, preserving_proto_field_name=original_names, always_print_fields_with_no_presence=defaults, descriptor_pool=POOL
    )
    expected, decoded = Everything(), Everything()
    json_format.ParseDict(copy.deepcopy(value), expected, descriptor_pool=POOL)
    DECODE(json.loads(json.dumps(value)), decoded)
    assert alike(decoded, expected)


@st.composite
def damaged(draw):
    """What json_format wrote, with one value anywhere replaced by any JSON value, or a key renamed."""
    value = json.loads(json.dumps(reference(draw(messages()))))
    place = value
    while True:
        steps = list(place) if isinstance(place, dict) else range(len(place))
        assume(steps)
        step = draw(st.sampled_from(list(steps)))
        inner = place[step]
        if isinstance(inner, dict | list) and inner and draw(st.booleans()):
            place = inner
            continue
        if isinstance(place, dict) and draw(st.integers(0, 4)) == 0:
            place[draw(TEXTS)] = place.pop(step)
        else:
            place[step] = draw(
                JSON_VALUES
                | st.sampled_from(
                    ["1", "01", "1.0", "1e3", "-0", "NaN", "true", "COLOUR_RED", "YQ", "2026-01-01T00:00:00Z", 1.0, 2.5]
                )
            )
        return value


@QUICK
@given(damaged())
def test_decoding_any_json_never_takes_what_json_format_refuses_nor_reads_it_differently(value):
    decoded = Everything()
    try:
        DECODE(copy.deepcopy(value), decoded)
    except Misfit:
        return
    expected = Everything()
    json_format.ParseDict(copy.deepcopy(value), expected, descriptor_pool=POOL)
    assert alike(decoded, expected)


@pytest.mark.parametrize("number", [0.1, 1 / 3, 3.4028234663852886e38, 1.401298464324817e-45, -0.0, math.pi])
def test_a_float_of_four_bytes_is_told_by_its_shortest_decimal(number):
    message = Everything(a_float=number)
    assert ENCODE(message)["aFloat"] == reference(message)["aFloat"]
