"""Reads FOLDER/model.adavi by the safetensors specification and compares it with FOLDER/model.json.

Exit status 0: all equal; 1: a difference; 77: a module is not installed.
"""
import json
import struct
import sys

try:
    import numpy as np
except ImportError as error:
    print("skipped:", error)
    sys.exit(77)

folder = sys.argv[1]
expected = json.load(open(folder + "/model.json", encoding="utf-8"))
content = open(folder + "/model.adavi", "rb").read()
(length,) = struct.unpack("<Q", content[:8])
assert length % 8 == 0, length
header = json.loads(content[8:8 + length].decode("utf-8"))
data = content[8 + length:]
metadata = header.pop("__metadata__")
assert all(isinstance(value, str) for value in metadata.values())
assert metadata["model"] == expected["model"], metadata["model"]
assert set(header) == set(expected["tensors"]), list(header)
for name, entry in header.items():
    assert entry["dtype"] == "F32", entry
    begin, end = entry["data_offsets"]
    found = np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])
    wanted = np.array(expected["tensors"][name]["values"]).reshape(expected["tensors"][name]["shape"])
    assert found.shape == wanted.shape, name
    assert (found.astype("f8") == wanted).all(), name
assert max(entry["data_offsets"][1] for entry in header.values()) == len(data)
