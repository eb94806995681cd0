"""Reads FOLDER/posterior.nc with xarray's ENGINE and compares every number with FOLDER/posterior.json.

Exit status 0: all equal; 1: a difference; 77: a module is not installed.
"""
import json
import sys

try:
    import numpy as np
    import xarray as xr
    __import__({"netcdf4": "netCDF4"}.get(sys.argv[1], sys.argv[1]))
except ImportError as error:
    print("skipped:", error)
    sys.exit(77)

engine, folder = sys.argv[1:]
path = folder + "/posterior.nc"
expected = json.load(open(folder + "/posterior.json", encoding="utf-8"))
compared = 0

root = xr.open_dataset(path, engine=engine)
assert not root.variables, list(root.variables)
assert root.attrs["model"] == "model { }", root.attrs

for group, variables in expected["groups"].items():
    found = xr.open_dataset(path, group=group, engine=engine)
    assert set(found.data_vars) == set(variables), (group, list(found.data_vars))
    assert found.attrs["inference_library"] == "adavi", found.attrs
    if "draw" in found.dims:
        assert list(found.attrs["sample_dims"]) == ["chain", "draw"], found.attrs
    assert [str(name) for name in found["dataset"].values] == expected["dataset"], found["dataset"]
    for name in found.dims:
        assert name in found.coords, (group, name)
        if name != "dataset":
            assert found[name].dtype == np.int64, found[name]
            assert (found[name].values == np.arange(found.sizes[name])).all(), found[name]
    for name, variable in variables.items():
        assert list(found[name].dims) == variable["dims"], (name, found[name].dims)
        values = np.array(variable["values"]).reshape(variable["shape"])
        assert found[name].shape == values.shape, (name, found[name].shape)
        assert (found[name].values == values).all(), (group, name)
        kind = "float32" if group == "posterior" else "int64" if name == "y" else "float64"
        assert found[name].dtype == kind, (name, found[name].dtype)
        compared += values.size

assert compared > 500, compared
print(compared, "numbers are equal")
