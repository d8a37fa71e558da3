"""Exports a trained nnU-Net v2 model to ONNX, for `segathlon model import nnunet`.

Needs an environment with nnunetv2 and torch; writes nothing but the graph and prints the mirroring axes. The checkpoint is
read by nnU-Net itself, on your machine: Segathlon never opens one.

    python export_nnunet.py MODEL_FOLDER --fold 0 --out model.onnx
    segathlon model import nnunet --onnx model.onnx --plans MODEL_FOLDER/plans.json \
        --dataset MODEL_FOLDER/dataset.json --configuration 3d_fullres --out model
"""
import argparse

import torch
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="trained model folder (plans.json, dataset.json, fold_0 ...)")
    parser.add_argument("--fold", default="0")
    parser.add_argument("--checkpoint", default="checkpoint_final.pth")
    parser.add_argument("--out", default="model.onnx")
    arguments = parser.parse_args()

    predictor = nnUNetPredictor(device=torch.device("cpu"), use_mirroring=False)
    fold = arguments.fold if arguments.fold == "all" else int(arguments.fold)
    predictor.initialize_from_trained_model_folder(arguments.folder, use_folds=(fold,), checkpoint_name=arguments.checkpoint)
    network = predictor.network
    network.load_state_dict(predictor.list_of_parameters[0])
    network.eval()
    if hasattr(network, "decoder"):
        network.decoder.deep_supervision = False

    patch = predictor.configuration_manager.patch_size
    channels = len(predictor.dataset_json["channel_names"])
    window = torch.zeros((1, channels, *patch))
    torch.onnx.export(network, window, arguments.out, input_names=["image"], output_names=["logits"], opset_version=17)
    print("mirroring axes (give them as --mirror-axes):", ",".join(map(str, predictor.allowed_mirroring_axes or ())))


if __name__ == "__main__":
    main()
