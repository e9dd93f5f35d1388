"""Damage: bytes changed, cut off, put in or taken out, and archives and texts that promise too much."""

import io
import json
import zipfile

import numpy as np
from hypothesis import strategies as st


@st.composite
def damaged(draw, whole):
    """The bytes of a file after one to three accidents."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        kind = draw(st.sampled_from(["change", "change", "bit", "cut", "insert", "remove", "zeros", "repeat"]))
        if kind == "change" and data:
            data[at] = draw(st.integers(0, 255))
        elif kind == "bit" and data:
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "cut":
            del data[at:]
        elif kind == "insert":
            data[at:at] = draw(st.binary(min_size=1, max_size=4))
        elif kind == "remove":
            del data[at : at + draw(st.integers(1, 8))]
        elif kind == "zeros":
            data[at : at + 4] = bytes(4)
        else:
            data += data[at:]
    return bytes(data)


def archive(**members):
    """An .npz of arrays, or of bytes as they are."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, member in members.items():
            if not isinstance(member, bytes):
                inner = io.BytesIO()
                np.save(inner, member, allow_pickle=False)
                member = inner.getvalue()
            target.writestr(f"{name}.npy", member)
    return stream.getvalue()


def promised(shape, dtype="<f8", data=b""):
    """An array file whose header promises a shape that its data do not have."""
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def header(**entries):
    plain = {"format": "pwlin-network", "version": 1, "layers": 2, "slopes": [[["0", "1"]]]}
    return np.array(json.dumps({**plain, **entries}))


ONE = {
    "weight_0": np.array([[1.0]]),
    "bias_0": np.array([1.0]),
    "weight_1": np.array([[1.0]]),
    "bias_1": np.array([0.0]),
}
HOSTILE = {  # each is made when it is asked for
    "nothing": lambda: b"",
    "no archive": lambda: b"PK\x03\x04 nonsense",
    "an archive of nothing": lambda: archive(),
    "no header": lambda: archive(**ONE),
    "a header that is no JSON": lambda: archive(header=np.array("{"), **ONE),
    "deep nesting": lambda: archive(header=np.array("[" * 100_000 + "]" * 100_000), **ONE),
    "deep nesting of slopes": lambda: archive(header=header(slopes=json.loads("[" * 900 + "]" * 900)), **ONE),
    "another version": lambda: archive(header=header(version=7), **ONE),
    "layers that are not there": lambda: archive(header=header(layers=10**9), **ONE),
    "a negative number of layers": lambda: archive(header=header(layers=-1), **ONE),
    "slopes that are no numbers": lambda: archive(header=header(slopes=[[["x", "1"]]]), **ONE),
    "a slope of 10**9 digits": lambda: archive(header=header(slopes=[[["1e999999999", "1"]]]), **ONE),
    "slopes that are a number": lambda: archive(header=header(slopes=3), **ONE),
    "weights that are not finite": lambda: archive(header=header(), **{**ONE, "weight_1": np.array([[np.nan]])}),
    "weights that are text": lambda: archive(header=header(), **{**ONE, "weight_1": np.array([["one"]])}),
    "weights of another shape": lambda: archive(header=header(), **{**ONE, "weight_1": np.ones((3, 4, 5))}),
    "an absurd shape": lambda: archive(header=header(), **{**ONE, "weight_1": promised((2**40, 2**20))}),
    "a negative shape": lambda: archive(header=header(), **{**ONE, "weight_1": promised((-1, 4))}),
    "an object array": lambda: archive(header=header(), **{**ONE, "weight_1": promised((1, 1), "|O", b"cos\nsystem\n(S'true'\ntR.")}),
    "an unknown type": lambda: archive(header=header(), **{**ONE, "weight_1": promised((1, 1), "<q9")}),
    "a bomb of zeros": lambda: archive(header=header(), **{**ONE, "weight_1": promised((1, 5 * 2**20), "<f8", bytes(5 * 2**23))}),
    "a header that is a bomb": lambda: archive(header=np.array(" " * 2**24), **ONE),
}  # fmt: skip
TEXTS = {
    "nothing": "",
    "no object": "3",
    "an empty list": "[]",
    "deep nesting": "[" * 100_000 + "]" * 100_000,
    "a number of 10**9 digits": '{"slopes": ["1e999999999"]}',
    "a long number": '{"slopes": [' + "1" * 10_000 + "]}",
    "not a number": '{"slopes": [NaN]}',
    "NUL": "\0",
    "half a character": '"\ud800"',
}
