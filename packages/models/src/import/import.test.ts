/** nnU-Net and MONAI documents become model documents that say the same. */
import { expect, test } from "vitest";
import { modelDocumentSchema } from "../model-document.ts";
import { importMonai } from "./import-monai.ts";
import { importNnunet } from "./import-nnunet.ts";

const plans = {
  dataset_name: "Dataset009_Spleen",
  plans_name: "nnUNetPlans",
  transpose_forward: [1, 0, 2],
  configurations: {
    "2d": { patch_size: [512, 512], spacing: [0.8, 0.8], normalization_schemes: ["CTNormalization"] },
    "3d_fullres": {
      spacing: [1.6, 0.79, 0.8],
      patch_size: [64, 192, 160],
      normalization_schemes: ["CTNormalization"],
      use_mask_for_norm: [false],
    },
    "3d_lowres": { inherits_from: "3d_fullres", spacing: [2, 1.5, 1.5] },
    loop: { inherits_from: "loop" },
  },
  foreground_intensity_properties_per_channel: {
    "0": { mean: 99.3, std: 39.5, percentile_00_5: -41, percentile_99_5: 176, median: 101 },
  },
};
const dataset = {
  channel_names: { "0": "CT" },
  labels: { background: 0, spleen: 1 },
  numTraining: 41,
  file_ending: ".nii.gz",
};
const common = {
  configuration: "3d_fullres",
  mirrorAxes: [0, 2],
  input: "image",
  output: "logits",
  created: "2026-01-01",
};

test("nnU-Net: axes, spacing, patch, normalisation and mirroring are turned round to x first", () => {
  const model = modelDocumentSchema.parse(importNnunet({ plans, dataset, ...common }));
  // transpose_forward [1, 0, 2] of [z, y, x]: the network's D is y, H is z, W is x.
  expect(model.transpose).toEqual([0, 2, 1]);
  expect(model.patch).toEqual([160, 192, 64]);
  expect(model.spacing_mm).toEqual([0.8, 0.79, 1.6]);
  expect(model.mirror_axes).toEqual([0, 2]);
  expect(model.channels).toEqual([
    { name: "CT", normalisation: { scheme: "ct", lower: -41, upper: 176, mean: 99.3, sd: 39.5 } },
  ]);
  expect(model.outputs).toEqual([0, 1]);
  expect(importNnunet({ plans, dataset, ...common, configuration: "3d_lowres" }).patch).toEqual([160, 192, 64]);
});

test("nnU-Net: regions paint in regions_class_order", () => {
  const regional = {
    ...dataset,
    labels: { background: 0, whole: [1, 2, 3], core: [2, 3], enhancing: [3], ignore: 4 },
    regions_class_order: [1, 2, 3],
  };
  const model = modelDocumentSchema.parse(importNnunet({ plans, dataset: regional, ...common }));
  expect(model.activation).toBe("sigmoid");
  expect(model.outputs).toEqual([1, 2, 3]);
  expect(model.labels).toEqual({ background: 0, whole: 1, core: 2, enhancing: 3 });
});

test.each([
  [{ ...common, configuration: "2d" }, plans, /no three-dimensional|patch_size/],
  [{ ...common, configuration: "4d" }, plans, /no configuration 4d/],
  [{ ...common, configuration: "loop" }, plans, /no configuration loop/],
  [common, { ...plans, transpose_forward: [0, 0, 1] }, /no permutation/],
  [common, { ...plans, foreground_intensity_properties_per_channel: {} }, /without foreground_intensity/],
  [common, { ...plans, dataset_name: 7 }, /dataset_name/],
])("nnU-Net: what cannot be carried over is refused by name (%#)", (options, broken, message) => {
  expect(() => importNnunet({ plans: broken, dataset, ...options })).toThrow(message);
});

const metadata = {
  name: "Spleen CT segmentation",
  version: "0.5.4",
  network_data_format: {
    inputs: { image: { num_channels: 1, spatial_shape: [96, 96, 48], channel_def: { "0": "image" } } },
    outputs: { pred: { num_channels: 2, channel_def: { "0": "background", "1": "spleen" } } },
  },
};
const inference = {
  preprocessing: {
    _target_: "Compose",
    transforms: [
      { _target_: "LoadImaged", keys: "image" },
      { _target_: "EnsureChannelFirstd", keys: "image" },
      { _target_: "Orientationd", keys: "image", axcodes: "RAS" },
      { _target_: "Spacingd", keys: "image", pixdim: [1.5, 1.5, 2], mode: "bilinear" },
      { _target_: "ScaleIntensityRanged", keys: "image", a_min: -57, a_max: 164, b_min: 0, b_max: 1, clip: true },
      { _target_: "EnsureTyped", keys: "image" },
    ],
  },
  inferer: { _target_: "SlidingWindowInferer", roi_size: [96, 80, 48], sw_batch_size: 4, overlap: 0.5 },
  postprocessing: { transforms: [{ _target_: "Activationsd", softmax: true }] },
};
const files = { input: "image", output: "logits", created: "2026-01-01" };

test("MONAI: the slowest axis is x", () => {
  const model = modelDocumentSchema.parse(importMonai({ metadata, inference, ...files }));
  expect(model.transpose).toEqual([2, 1, 0]);
  expect(model.patch).toEqual([48, 80, 96]);
  expect(model.spacing_mm).toEqual([2, 1.5, 1.5]);
  expect(model.orientation).toBe("RAS");
  expect(model.step).toBe(0.5);
  expect(model.gaussian_sigma).toBe(null);
  const normalisation = model.channels[0]?.normalisation;
  if (normalisation?.scheme !== "ct") throw new Error("ScaleIntensityRanged becomes ct");
  expect((-57 - normalisation.mean) / normalisation.sd).toBeCloseTo(0, 12);
  expect((164 - normalisation.mean) / normalisation.sd).toBeCloseTo(1, 12);
});

test("MONAI: a transform or expression that cannot be carried over is refused by name", () => {
  const unknown = { ...inference, preprocessing: { transforms: [{ _target_: "monai.transforms.RandFlipd" }] } };
  expect(() => importMonai({ metadata, inference: unknown, ...files })).toThrow(/RandFlipd/);
  const expression = { ...inference, inferer: { roi_size: "@patch" } };
  expect(() => importMonai({ metadata, inference: expression, ...files })).toThrow(
    expect.objectContaining({ code: "SEG508", hint: expect.stringContaining("Expressions") }),
  );
});
