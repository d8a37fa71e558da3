/** A model document for tests: two classes, no preprocessing, small windows. */
import type { ModelDocument } from "../model-document.ts";

export function plainModel(overrides: Partial<ModelDocument> = {}): ModelDocument {
  return {
    schema: "segathlon/model@1",
    name: "test",
    task: null,
    channels: [{ name: "any", normalisation: { scheme: "none" } }],
    labels: { background: 0, object: 1 },
    outputs: [0, 1],
    activation: "softmax",
    orientation: "as-is",
    transpose: [0, 1, 2],
    crop: "none",
    spacing_mm: null,
    resampling: { image_order: 3, logit_order: 1, separate_axis_above: 3, separate_axis_order: 0 },
    patch: [6, 5, 4],
    step: 0.5,
    gaussian_sigma: 0.125,
    mirror_axes: [],
    postprocessing: [],
    onnx: { sha256: "0".repeat(64), input: "image", output: "logits", parameters: null },
    self_test: null,
    provenance: {
      trainer: "test",
      version: "0",
      dataset: null,
      seed: null,
      steps: null,
      hardware: null,
      created: "2026-01-01",
      notes: [],
    },
    ...overrides,
  };
}
