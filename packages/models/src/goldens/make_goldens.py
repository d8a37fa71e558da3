"""Makes preprocessing.json: what scikit-image and scipy give for the steps that nnU-Net v2 builds on.

Made with Python 3.11, numpy 1.24.2, scipy 1.10.1, scikit-image 0.19.3. Arrays are indexed [z, y, x] there and written x fastest,
which is C order. Run: python3 make_goldens.py > preprocessing.json
"""
import json
import sys

import numpy as np
from scipy.ndimage import binary_fill_holes, gaussian_filter, map_coordinates
from skimage.transform import resize

rng = np.random.RandomState(7)
out = {"resize": [], "separate": [], "gaussian": [], "fill": []}
for shape, new in [((4, 6, 5), (7, 9, 8)), ((9, 8, 7), (4, 5, 3)), ((1, 5, 6), (1, 10, 3)), ((2, 3, 30), (2, 3, 41)), ((5, 1, 2), (6, 2, 5))]:
    volume = (rng.rand(*shape) * 2000 - 1000).astype(np.float32)
    for order in (0, 1, 3):
        got = resize(volume.astype(np.float64), new, order, mode="edge", anti_aliasing=False, clip=True, preserve_range=True)
        out["resize"].append({"from": shape[::-1], "to": new[::-1], "order": order, "in": volume.ravel().tolist(), "out": got.ravel().tolist()})
for shape, new in [((4, 7, 6), (9, 11, 8)), ((6, 8, 9), (3, 6, 12))]:
    volume = (rng.rand(*shape) * 100).astype(np.float32)
    plane = np.stack([resize(volume[z].astype(np.float64), new[1:], 3, mode="edge", anti_aliasing=False, clip=True, preserve_range=True) for z in range(shape[0])])
    z, y, x = np.mgrid[: new[0], : new[1], : new[2]]
    z = shape[0] / new[0] * (z + 0.5) - 0.5
    got = map_coordinates(plane, np.array([z, y, x]), order=0, mode="nearest")
    out["separate"].append({"from": shape[::-1], "to": new[::-1], "in": volume.ravel().tolist(), "out": got.ravel().tolist()})
for patch in [(8, 10, 6), (7, 5, 16)]:
    delta = np.zeros(patch)
    delta[tuple(p // 2 for p in patch)] = 1
    got = gaussian_filter(delta, [p / 8 for p in patch], 0, mode="constant", cval=0)
    got = got / got.max()
    got[got == 0] = got[got != 0].min()
    out["gaussian"].append({"patch": patch[::-1], "out": got.astype(np.float32).ravel().tolist()})
for seed in range(3):
    mask = np.random.RandomState(seed).rand(6, 7, 8) < 0.72
    out["fill"].append({"shape": (8, 7, 6), "in": mask.ravel().astype(int).tolist(), "out": binary_fill_holes(mask).ravel().astype(int).tolist()})


def short(value):
    """Nine digits hold a float32 exactly."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {key: short(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [short(item) for item in value]
    return value


json.dump(short(out), sys.stdout, separators=(",", ":"))
