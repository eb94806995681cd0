"""Reads FOLDER/simulation.h5 with h5py and compares every number with FOLDER/simulation.json.

Exit status 0: all equal; 1: a difference; 77: a module is not installed.
"""
import json
import sys

try:
    import h5py
    import numpy as np
except ImportError as error:
    print("skipped:", error)
    sys.exit(77)

folder = sys.argv[1]
expected = json.load(open(folder + "/simulation.json", encoding="utf-8"))
with h5py.File(folder + "/simulation.h5") as file:
    assert set(file) == {"x", "y", "age", "truth"}, list(file)
    assert set(file["truth"]) == {"mu", "tau", "mu_g", "total"}, list(file["truth"])
    assert h5py.h5a.exists(file.id, b"model") and int(file.attrs["seed"]) == 7, dict(file.attrs)
    for name, variable in expected.items():
        values = np.array(variable["values"]).reshape(variable["shape"])
        assert file[name].shape == values.shape, name
        assert (file[name][...] == values).all(), name
        assert file[name].dtype == ("int64" if name == "y" else "float64"), name
