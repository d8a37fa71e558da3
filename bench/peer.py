#!/usr/bin/env python3
"""Times one peer on one pair in a process of its own, reading the files included. Prints one line of JSON.

Usage: peer.py TOOL DIR PEER PAIR [--ref CHECKOUT] [--medpy CHECKOUT] [--monai CHECKOUT] [--labels 1,2] [--values]
TOOL is bench_peers.py, which holds the peers' calls; this file only adds the reading of the files, CPU seconds and memory.
"""
import argparse, json, os, platform, resource, sys, time

for key in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(key, "1")
import importlib.util

import nibabel
import numpy
import scipy
import scipy.ndimage


def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def load_tool(path):
    spec = importlib.util.spec_from_file_location("bench_peers", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    parser = argparse.ArgumentParser()
    for name in ("tool", "dir", "peer", "pair"):
        parser.add_argument(name)
    for name in ("ref", "medpy", "monai", "edt", "labels"):
        parser.add_argument("--" + name)
    parser.add_argument("--values", action="store_true")
    args = parser.parse_args()
    tool = load_tool(args.tool)
    # Importing is not counted: the peer's modules are loaded before the clock starts.
    if args.peer == "deepmind":
        sys.path.insert(0, args.ref)
        import surface_distance.metrics  # noqa: F401
    if args.peer == "monai":
        sys.path.insert(0, args.monai)
        import monai.metrics  # noqa: F401
    empty = peak_mib()
    start, wall = time.process_time(), time.perf_counter()
    images = [nibabel.load(os.path.join(args.dir, "%s_%s.nii.gz" % (args.pair, side))) for side in ("gt", "pred")]
    reference, prediction = (numpy.ascontiguousarray(numpy.asarray(image.dataobj)) for image in images)
    spacing = [float(s) for s in images[0].header.get_zooms()]
    read = time.process_time() - start
    if args.labels:
        labels = [int(label) for label in args.labels.split(",")]
    else:
        pause = time.process_time()
        labels = sorted(set(numpy.unique(reference).tolist()) - {0})
        start += time.process_time() - pause
    values = tool.PEERS[args.peer](args, reference, prediction, spacing, labels)
    print(json.dumps({
        "cpuSeconds": time.process_time() - start, "readSeconds": read, "wallSeconds": time.perf_counter() - wall,
        "peakMib": peak_mib(), "emptyMib": empty, "labels": len(labels),
        "versions": {"Python": platform.python_version(), "numpy": numpy.__version__, "scipy": scipy.__version__,
                     "nibabel": nibabel.__version__},
        "values": {str(k): [float(v) for v in row] for k, row in values.items()} if args.values else None,
    }).replace("NaN", "null").replace("Infinity", "null"))


main()
