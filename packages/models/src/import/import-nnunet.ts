/**
 * A model document from nnU-Net v2's `plans.json` and `dataset.json` (read from MIC-DKFZ/nnUNet 2.8.1). The graph comes from
 * `exporters/export_nnunet.py`; nothing here reads a checkpoint.
 *
 * nnU-Net's arrays are [z, y, x] and its plan is in the order after `transpose_forward`; ours are x first. Network axis k (x first) is
 * nnU-Net's axis 2 - k of the transposed array, which is its array axis `transpose_forward[2 - k]`, which is our image axis 2 minus that.
 */
import { SegathlonError } from "@segathlon/errors";
import { z } from "zod";
import type { ModelDocument, Normalisation } from "../model-document.ts";

/** Two numbers in two-dimensional configurations, which every plans.json holds too. */
const axes = z.array(z.number().positive()).min(2).max(3);
const configurationSchema = z.looseObject({
  inherits_from: z.string().optional(),
  spacing: axes.optional(),
  patch_size: axes.optional(),
  normalization_schemes: z.array(z.string()).optional(),
  use_mask_for_norm: z.array(z.boolean()).optional(),
});
const plansSchema = z.looseObject({
  dataset_name: z.string(),
  plans_name: z.string().optional(),
  transpose_forward: z.array(z.number().int().min(0).max(2)).length(3),
  configurations: z.record(z.string(), configurationSchema),
  foreground_intensity_properties_per_channel: z.record(
    z.string(),
    z.looseObject({ mean: z.number(), std: z.number(), percentile_00_5: z.number(), percentile_99_5: z.number() }),
  ),
});
const datasetSchema = z.looseObject({
  channel_names: z.record(z.string(), z.string()),
  labels: z.record(z.string(), z.union([z.number().int().nonnegative(), z.array(z.number().int().nonnegative())])),
  regions_class_order: z.array(z.number().int().positive()).optional(),
});

function parse<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SegathlonError("SEG508", `${file}: ${z.prettifyError(parsed.error)}`, {
    where: { file, field: parsed.error.issues[0]?.path.join(".") ?? "" },
  });
}

export interface NnunetImport {
  readonly plans: unknown;
  readonly dataset: unknown;
  /** Such as `3d_fullres`. */
  readonly configuration: string;
  /** nnU-Net's `inference_allowed_mirroring_axes` (its axis order), which lies in the checkpoint; the exporter prints it. */
  readonly mirrorAxes: readonly number[];
  readonly input: string;
  readonly output: string;
  readonly created: string;
}

/**
 * Makes the document; the hash of the graph and the self-test are set when the package is written.
 *
 * @throws SegathlonError SEG508 when a field is missing or means something that is not supported
 */
export function importNnunet(options: NnunetImport): ModelDocument {
  const plans = parse(plansSchema, options.plans, "plans.json");
  const dataset = parse(datasetSchema, options.dataset, "dataset.json");
  const found = configurationOf(plans, options.configuration);
  if (found.spacing?.length !== 3 || found.patch_size?.length !== 3 || found.normalization_schemes === undefined) {
    throw new SegathlonError(
      "SEG508",
      `plans.json: configuration ${options.configuration} has no three-dimensional spacing, patch_size or normalization_schemes`,
      {
        where: { file: "plans.json", field: `configurations.${options.configuration}` },
        hint: "Two-dimensional and cascade configurations cannot be imported; take 3d_fullres or 3d_lowres.",
      },
    );
  }
  const schemes = found.normalization_schemes;
  const channels = Object.keys(dataset.channel_names)
    .sort((a, b) => Number(a) - Number(b))
    .map((key, c) => ({
      name: dataset.channel_names[key] ?? key,
      normalisation: normalisationOf(
        schemes[c],
        found.use_mask_for_norm?.[c] ?? false,
        plans.foreground_intensity_properties_per_channel[key],
      ),
    }));
  const labels: Record<string, number> = {};
  const regions = Object.values(dataset.labels).some((value) => Array.isArray(value));
  for (const [name, value] of Object.entries(dataset.labels))
    if (typeof value === "number" && name !== "ignore") labels[name] = value;
  let outputs: number[];
  if (regions) {
    if (dataset.regions_class_order === undefined)
      throw new SegathlonError("SEG508", "dataset.json: regions without regions_class_order", {
        where: { file: "dataset.json", field: "regions_class_order" },
      });
    outputs = [...dataset.regions_class_order];
    Object.entries(dataset.labels)
      .filter(([name]) => name !== "background" && name !== "ignore")
      .forEach(([name], k) => {
        labels[name] = outputs[k] ?? 0;
      });
  } else outputs = Object.values(labels).sort((a, b) => a - b);
  const forward = plans.transpose_forward;
  if (new Set(forward).size !== 3)
    throw new SegathlonError("SEG508", `plans.json: transpose_forward ${forward.join(", ")} is no permutation`, {
      where: { file: "plans.json", field: "transpose_forward" },
    });
  const axis = (k: number): number => 2 - (forward[2 - k] ?? 0);
  const reversed = (values: readonly number[]): [number, number, number] => [
    values[2] ?? 1,
    values[1] ?? 1,
    values[0] ?? 1,
  ];
  return {
    schema: "segathlon/model@1",
    name: `${plans.dataset_name} ${options.configuration}`,
    description: `nnU-Net v2, ${plans.plans_name ?? "nnUNetPlans"}, ${options.configuration}`,
    task: null,
    channels,
    labels: { background: 0, ...labels },
    outputs,
    activation: regions ? "sigmoid" : "softmax",
    orientation: "as-is",
    transpose: [axis(0), axis(1), axis(2)],
    crop: "nonzero",
    spacing_mm: reversed(found.spacing),
    resampling: { image_order: 3, logit_order: 1, separate_axis_above: 3, separate_axis_order: 0 },
    patch: reversed(found.patch_size),
    step: 0.5,
    gaussian_sigma: 0.125,
    mirror_axes: options.mirrorAxes.map((k) => 2 - k).sort((a, b) => a - b),
    postprocessing: [],
    onnx: { sha256: "0".repeat(64), input: options.input, output: options.output, parameters: null },
    self_test: null,
    provenance: {
      trainer: "nnU-Net v2",
      version: "unknown",
      dataset: plans.dataset_name,
      seed: null,
      steps: null,
      hardware: null,
      created: options.created,
      notes: ["imported from plans.json and dataset.json"],
    },
  };
}

type Configuration = z.infer<typeof configurationSchema>;

/** A configuration with what it inherits; a chain that does not end is refused. */
function configurationOf(plans: z.infer<typeof plansSchema>, name: string): Configuration {
  let result: Configuration = {};
  let next: string | undefined = name;
  for (let depth = 0; next !== undefined; depth++) {
    const found: Configuration | undefined = Object.hasOwn(plans.configurations, next)
      ? plans.configurations[next]
      : undefined;
    if (found === undefined || depth > 8) {
      throw new SegathlonError(
        "SEG508",
        `plans.json: no configuration ${next}; there are ${Object.keys(plans.configurations).join(", ")}`,
        { where: { file: "plans.json", field: "configurations" } },
      );
    }
    result = { ...found, ...result };
    next = found.inherits_from;
  }
  return result;
}

function normalisationOf(
  scheme: string | undefined,
  masked: boolean,
  figures: { mean: number; std: number; percentile_00_5: number; percentile_99_5: number } | undefined,
): Normalisation {
  switch (scheme) {
    case "CTNormalization":
      if (figures === undefined)
        throw new SegathlonError(
          "SEG508",
          "plans.json: CTNormalization without foreground_intensity_properties_per_channel",
          { where: { file: "plans.json" } },
        );
      return {
        scheme: "ct",
        lower: figures.percentile_00_5,
        upper: figures.percentile_99_5,
        mean: figures.mean,
        sd: figures.std,
      };
    case "ZScoreNormalization":
      return { scheme: "z-score", masked };
    case "RescaleTo01Normalization":
      return { scheme: "rescale-0-1" };
    case "NoNormalization":
      return { scheme: "none" };
    default:
      throw new SegathlonError(
        "SEG508",
        `plans.json: normalisation ${scheme ?? "(none)"}; supported are CTNormalization, ZScoreNormalization, RescaleTo01Normalization, NoNormalization`,
        { where: { file: "plans.json", field: "normalization_schemes" } },
      );
  }
}
