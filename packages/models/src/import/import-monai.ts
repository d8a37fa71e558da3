/**
 * A model document from a MONAI bundle's `metadata.json` and `inference.json` (bundle specification of MONAI 1.5). The graph comes from
 * MONAI's own `onnx_export` or `exporters/export_monai.py`.
 *
 * MONAI's arrays are [channel, x, y, z], so the slowest axis of the graph is x: network axis k (fastest first) is image axis 2 - k.
 */
import { SegathlonError } from "@segathlon/errors";
import { z } from "zod";
import type { ModelDocument, Normalisation } from "../model-document.ts";

const metadataSchema = z.looseObject({
  name: z.string().optional(),
  version: z.string().optional(),
  task: z.string().optional(),
  network_data_format: z.looseObject({
    inputs: z.looseObject({
      image: z.looseObject({
        num_channels: z.number().int().positive(),
        channel_def: z.record(z.string(), z.string()).optional(),
      }),
    }),
    outputs: z.looseObject({
      pred: z.looseObject({ num_channels: z.number().int().positive(), channel_def: z.record(z.string(), z.string()) }),
    }),
  }),
});
const transformSchema = z.looseObject({ _target_: z.string() });
const inferenceSchema = z.looseObject({
  preprocessing: z.looseObject({ transforms: z.array(transformSchema) }),
  inferer: z.looseObject({
    roi_size: z.array(z.number().int().positive()).length(3),
    overlap: z.number().min(0).lt(1).optional(),
    mode: z.string().optional(),
    sigma_scale: z.number().positive().optional(),
  }),
  postprocessing: z.looseObject({ transforms: z.array(transformSchema) }).optional(),
});

type Transform = z.infer<typeof transformSchema>;

function parse<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SegathlonError("SEG508", `${file}: ${z.prettifyError(parsed.error)}`, {
    where: { file, field: parsed.error.issues[0]?.path.join(".") ?? "" },
    hint: "Expressions (@id, $code) are not evaluated: write the values into the file.",
  });
}

function numbersOf(transform: Transform, field: string): number[] {
  const value = transform[field];
  if (Array.isArray(value) && value.every((item) => typeof item === "number")) return value;
  throw new SegathlonError("SEG508", `inference.json: ${transform._target_}.${field} must be a list of numbers`, {
    where: { file: "inference.json", field: `${transform._target_}.${field}` },
  });
}

function numberOf(transform: Transform, field: string): number {
  const value = transform[field];
  if (typeof value === "number") return value;
  throw new SegathlonError("SEG508", `inference.json: ${transform._target_}.${field} must be a number`, {
    where: { file: "inference.json", field: `${transform._target_}.${field}` },
  });
}

/** Transforms that move or type voxels without changing what a network sees. */
const withoutEffect = new Set([
  "LoadImaged",
  "EnsureChannelFirstd",
  "AddChanneld",
  "EnsureTyped",
  "ToTensord",
  "CastToTyped",
  "Lambdad",
]);

/**
 * Makes the document; the hash of the graph and the self-test are set when the package is written.
 *
 * @throws SegathlonError SEG508 when a transform is not one that can be carried over
 */
export function importMonai(options: {
  readonly metadata: unknown;
  readonly inference: unknown;
  readonly input: string;
  readonly output: string;
  readonly created: string;
}): ModelDocument {
  const metadata = parse(metadataSchema, options.metadata, "metadata.json");
  const inference = parse(inferenceSchema, options.inference, "inference.json");
  let orientation: ModelDocument["orientation"] = "as-is";
  let spacing: [number, number, number] | null = null;
  let normalisation: Normalisation = { scheme: "none" };
  for (const transform of inference.preprocessing.transforms) {
    const name = transform._target_.split(".").at(-1) ?? "";
    if (withoutEffect.has(name) && name !== "Lambdad") continue;
    if (name === "Orientationd") {
      const codes = String(transform.axcodes);
      if (!/^[LR][PA][IS]$/.test(codes))
        throw new SegathlonError(
          "SEG508",
          `inference.json: Orientationd.axcodes ${codes}; supported are axes in the order x, y, z, such as RAS or LPS`,
          { where: { file: "inference.json" } },
        );
      orientation = codes;
    } else if (name === "Spacingd") {
      const [x = 1, y = 1, zed = 1] = numbersOf(transform, "pixdim");
      spacing = [zed, y, x];
    } else if (name === "ScaleIntensityRanged") {
      const [aMin, aMax, bMin, bMax] = [
        numberOf(transform, "a_min"),
        numberOf(transform, "a_max"),
        numberOf(transform, "b_min"),
        numberOf(transform, "b_max"),
      ];
      if (transform.clip !== true || !(aMax > aMin) || !(bMax > bMin))
        throw new SegathlonError(
          "SEG508",
          "inference.json: ScaleIntensityRanged is supported with clip: true and rising ranges",
          { where: { file: "inference.json" } },
        );
      // (v - aMin) / (aMax - aMin) * (bMax - bMin) + bMin, written as (v - mean) / sd.
      const sd = (aMax - aMin) / (bMax - bMin);
      normalisation = { scheme: "ct", lower: aMin, upper: aMax, mean: aMin - bMin * sd, sd };
    } else if (name === "NormalizeIntensityd")
      normalisation = { scheme: "z-score", masked: transform.nonzero === true };
    else if (name === "ScaleIntensityd") normalisation = { scheme: "rescale-0-1" };
    else {
      throw new SegathlonError(
        "SEG508",
        `inference.json: preprocessing transform ${transform._target_} cannot be carried over`,
        {
          where: { file: "inference.json", field: "preprocessing.transforms" },
          hint: "Supported: Orientationd, Spacingd, ScaleIntensityRanged, NormalizeIntensityd, ScaleIntensityd and transforms that only load or type.",
        },
      );
    }
  }
  const { num_channels: classes, channel_def: definitions } = metadata.network_data_format.outputs.pred;
  const sigmoid = (inference.postprocessing?.transforms ?? []).some((transform) => transform.sigmoid === true);
  const names = Array.from({ length: classes }, (_, c) => definitions[String(c)] ?? `label ${c}`);
  const outputs = names.map((_, c) => (sigmoid ? c + 1 : c));
  const labels = Object.fromEntries(names.map((name, c) => [name, outputs[c] ?? 0]));
  const inputs = metadata.network_data_format.inputs.image;
  const [x = 1, y = 1, zed = 1] = inference.inferer.roi_size;
  return {
    schema: "segathlon/model@1",
    name: metadata.name ?? "MONAI bundle",
    task: null,
    channels: Array.from({ length: inputs.num_channels }, (_, c) => ({
      name: inputs.channel_def?.[String(c)] ?? `channel ${c}`,
      normalisation,
    })),
    labels: sigmoid ? { background: 0, ...labels } : labels,
    outputs,
    activation: sigmoid ? "sigmoid" : "softmax",
    orientation,
    transpose: [2, 1, 0],
    crop: "none",
    spacing_mm: spacing,
    // MONAI resamples images bilinearly and inverts the spacing on the prediction.
    resampling: { image_order: 1, logit_order: 1, separate_axis_above: 1000, separate_axis_order: 0 },
    patch: [zed, y, x],
    step: 1 - (inference.inferer.overlap ?? 0.25),
    gaussian_sigma: inference.inferer.mode === "gaussian" ? (inference.inferer.sigma_scale ?? 0.125) : null,
    mirror_axes: [],
    postprocessing: [],
    onnx: { sha256: "0".repeat(64), input: options.input, output: options.output, parameters: null },
    self_test: null,
    provenance: {
      trainer: "MONAI bundle",
      version: metadata.version ?? "unknown",
      dataset: null,
      seed: null,
      steps: null,
      hardware: null,
      created: options.created,
      notes: ["imported from metadata.json and inference.json"],
    },
  };
}
