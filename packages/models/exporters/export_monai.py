"""Exports the network of a MONAI bundle to ONNX, for `segathlon model import monai`.

Needs an environment with monai and torch. Equal to `python -m monai.bundle onnx_export` with a fixed window.

    python export_monai.py BUNDLE --out model.onnx
    segathlon model import monai --onnx model.onnx --metadata BUNDLE/configs/metadata.json \
        --inference BUNDLE/configs/inference.json --out model
"""
import argparse
import json
import os

import torch
from monai.bundle import ConfigParser


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle")
    parser.add_argument("--out", default="model.onnx")
    arguments = parser.parse_args()

    config = ConfigParser()
    config.read_config(os.path.join(arguments.bundle, "configs", "inference.json"))
    network = config.get_parsed_content("network_def", instantiate=True)
    weights = os.path.join(arguments.bundle, "models", "model.pt")
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    network.eval()

    with open(os.path.join(arguments.bundle, "configs", "metadata.json")) as file:
        channels = json.load(file)["network_data_format"]["inputs"]["image"]["num_channels"]
    roi = config.get_parsed_content("inferer", instantiate=True).roi_size
    window = torch.zeros((1, channels, *roi))
    torch.onnx.export(network, window, arguments.out, input_names=["image"], output_names=["logits"], opset_version=17)


if __name__ == "__main__":
    main()
