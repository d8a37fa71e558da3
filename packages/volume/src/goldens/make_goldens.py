#!/usr/bin/python3
"""Makes the small reference readings of this folder: make_goldens.py FOLDER

nifti.json     tiny files (base64) in every type, byte order, version and transform, with what nibabel reads from them
resample.json  a random volume sampled on other grids by scipy.ndimage.map_coordinates
Made with nibabel 5.0.0, numpy 1.24.2, scipy 1.10.1 on x86-64.
"""
import base64, gzip, hashlib, io, json, pathlib, sys, tempfile, warnings
import nibabel as nib
import numpy as np
from scipy import ndimage

warnings.simplefilter("ignore")
out = pathlib.Path(sys.argv[1])
rng = np.random.default_rng(20260101)


def reading(image):
    header = image.header
    values = np.asanyarray(image.dataobj).astype(np.float64)
    return {
        "shape": list(image.shape),
        "dtype": header.get_data_dtype().newbyteorder("=").name,
        "endian": header.endianness,
        "zooms": [float(z) for z in header.get_zooms()],
        "affine": np.asarray(image.affine, float).tolist(),
        "orientation": "".join(nib.aff2axcodes(image.affine)),
        "sha256": hashlib.sha256(values.astype("<f8").tobytes("F")).hexdigest(),
    }


def random_affine(shear=0.0):
    q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    zooms = rng.uniform(0.3, 5, 3)
    m = q @ np.diag(zooms)
    m[0, 1] += shear
    a = np.eye(4)
    a[:3, :3] = m
    a[:3, 3] = rng.uniform(-200, 200, 3)
    return a


files = {}


def add(name, image, edit=None, suffix=".nii"):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / ("v" + suffix)
        nib.save(image, path)
        raw = bytearray(path.read_bytes())
        voxels = path.with_suffix(".img").read_bytes() if suffix == ".hdr" else None
        if edit:
            edit(raw)
            path.write_bytes(raw)
        entry = {"file": base64.b64encode(raw).decode(), **reading(nib.load(str(path)))}
        if voxels is not None:
            entry["voxels"] = base64.b64encode(voxels).decode()
        files[name] = entry


types = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"]
for version, cls, header_cls in ((1, nib.Nifti1Image, nib.Nifti1Header), (2, nib.Nifti2Image, nib.Nifti2Header)):
    for endian in "<>":
        for t in types:
            dtype = np.dtype(t).newbyteorder(endian)
            shape = (3, 2, 4)
            if np.dtype(t).kind == "f":
                data = rng.normal(0, 1e3, shape).astype(dtype)
            else:
                info = np.iinfo(t)
                data = rng.integers(info.min, info.max, shape, dtype=t, endpoint=True).astype(dtype)
            header = header_cls(endianness=endian)
            header.set_data_dtype(dtype)
            image = cls(data, None, header)
            image.set_sform(random_affine(), 1)
            add(f"nifti{version} {endian} {t}", image)

for index in range(12):
    image = nib.Nifti1Image(rng.integers(0, 9, (4, 3, 2), dtype=np.uint8), None)
    image.set_qform(random_affine(), 1 + index % 4)
    image.set_sform(None, 0)
    add(f"qform {index}", image)
for index in range(4):
    image = nib.Nifti2Image(rng.integers(0, 9, (4, 3, 2), dtype=np.uint8), None)
    image.set_qform(random_affine(), 1)
    image.set_sform(None, 0)
    add(f"qform nifti2 {index}", image)
for index in range(6):
    image = nib.Nifti1Image(rng.integers(0, 9, (4, 3, 2), dtype=np.uint8), None)
    image.set_qform(random_affine(), 1)
    image.set_sform(random_affine(shear=0.4), 2)
    add(f"sform with shear {index}", image)

plain = nib.Nifti1Image(np.arange(24, dtype=np.int16).reshape(4, 3, 2), None)
plain.header.set_zooms((0.7, 0.8, 2.5))
add("neither transform", plain)


def put(offset, value, kind):
    def edit(raw):
        raw[offset : offset + np.dtype(kind).itemsize] = np.array(value, dtype=kind).tobytes()
    return edit


def both(*edits):
    def edit(raw):
        for one in edits:
            one(raw)
    return edit


sform = nib.Nifti1Image(np.arange(24, dtype=np.int16).reshape(4, 3, 2), random_affine())
add("slope 0", sform, both(put(112, 0, "<f4"), put(116, 5, "<f4")))
add("slope NaN", sform, both(put(112, np.nan, "<f4"), put(116, 5, "<f4")))
add("slope infinite", sform, both(put(112, np.inf, "<f4"), put(116, 5, "<f4")))
add("slope and intercept", sform, both(put(112, 0.3, "<f4"), put(116, -7.7, "<f4")))
add("negative slope", sform, both(put(112, -2.5, "<f4"), put(116, 0, "<f4")))
add("sform code 9", sform, put(254, 9, "<i2"))
add("qfac 0", nib.Nifti1Image(np.zeros((2, 2, 2), np.uint8), None), both(put(76, 0, "<f4"), put(252, 1, "<i2")))
add("qfac -1", nib.Nifti1Image(np.zeros((2, 2, 2), np.uint8), None), both(put(76, -1, "<f4"), put(252, 1, "<i2")))
add("negative pixdim", sform, put(80, -0.5, "<f4"))
add("bitpix 0", sform, put(72, 0, "<i2"))
add("half turn", nib.Nifti1Image(np.zeros((2, 3, 2), np.uint8), None), both(put(252, 1, "<i2"), put(256, 0.6, "<f4"), put(260, 0.8, "<f4")))
flat = nib.Nifti1Image(rng.integers(0, 9, (5, 4), dtype=np.uint8), random_affine())
add("two dimensions", flat)
add("four dimensions", nib.Nifti1Image(rng.integers(0, 9, (3, 2, 2, 3), dtype=np.uint8), random_affine()))
add("seven dimensions", nib.Nifti1Image(rng.integers(0, 9, (2, 2, 2, 1, 2, 1, 2), dtype=np.uint8), random_affine()))
extended = nib.Nifti1Image(rng.integers(0, 9, (2, 2, 2), dtype=np.uint8), random_affine())
extended.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"kept on write"))
extended.header.extensions.append(nib.nifti1.Nifti1Extension(44, b"x" * 3000))
add("extensions", extended)
add("pair", nib.Nifti1Pair(rng.integers(-9, 9, (3, 2, 2), dtype=np.int16), random_affine()), suffix=".hdr")
old = nib.AnalyzeImage(rng.integers(-9, 9, (3, 2, 2), dtype=np.int16), np.diag([-2, 1.5, 0.7, 1]))
add("analyze", old, suffix=".hdr")
add("analyze with origin", old, both(put(253, 2, "<i2"), put(255, 1, "<i2"), put(257, 2, "<i2")), suffix=".hdr")
add("analyze with slope", old, both(put(112, 0.25, "<f4"), put(116, 3, "<f4")), suffix=".hdr")
add("analyze with ranges", old, both(put(112, 0, "<f4"), put(124, 0.8, "<f4"), put(128, 0.2, "<f4"), put(140, 110, "<i4"), put(144, 10, "<i4")), suffix=".hdr")
json.dump(files, open(out / "nifti.json", "w"), indent=0)

volume = rng.normal(0, 100, (7, 6, 5))
cases = []
for kind in ("aligned", "flipped", "oblique"):
    if kind == "aligned":
        m = np.diag([0.61, 1.37, 0.5]); t = np.array([-0.3, 0.2, -0.45])
    elif kind == "flipped":
        m = np.diag([-0.9, 0.7, 1.2]); t = np.array([6.2, -0.5, 0.1])
    else:
        m = np.linalg.qr(rng.normal(size=(3, 3)))[0] * 0.83; t = np.array([2.0, 2.5, 1.0]) - m @ np.array([3, 3, 3])
    target = (9, 5, 8)
    grid = np.stack(np.meshgrid(*[np.arange(n) for n in target], indexing="ij"), -1)
    where = grid @ m.T + t
    limit = np.array(volume.shape) - 1
    inside = np.all((where >= -0.5) & (where <= limit + 0.5), axis=-1)
    clipped = np.clip(where, 0, limit)
    result = {}
    for name, order in (("nearest", 0), ("linear", 1), ("cubic", 3)):
        sampled = ndimage.map_coordinates(volume, np.moveaxis(clipped, -1, 0), order=order, mode="mirror")
        result[name] = np.where(inside, sampled, -1000).ravel(order="F").tolist()
    cases.append({"kind": kind, "matrix": m.tolist(), "offset": t.tolist(), "target": target, **result})
json.dump({"shape": volume.shape, "values": volume.ravel(order="F").tolist(), "cases": cases}, open(out / "resample.json", "w"))
print({p.name: p.stat().st_size for p in out.iterdir()}, len(files))
