/**
 * `dataset.json` as the Medical Segmentation Decathlon, AMOS and nnU-Net v2 write it. Reading is tolerant of the spellings that are
 * in circulation (`relase`, `license`, `test` as texts or objects, a leading slash); what is wrong is named by its field.
 */
import { SegathlonError } from "@segathlon/errors";
import { z } from "zod";

const text = z.union([z.string(), z.number().transform(String)]);
const entry = z.union([
  z.string(),
  z.looseObject({
    image: z.union([z.string(), z.array(z.string())]),
    label: z.string().optional(),
    fold: z.number().optional(),
  }),
]);
const names = z.record(z.string(), z.union([z.string(), z.number(), z.array(z.number())]));

export const datasetJsonSchema = z.looseObject({
  name: text.optional(),
  description: text.optional(),
  reference: text.optional(),
  licence: text.optional(),
  license: text.optional(),
  release: text.optional(),
  relase: text.optional(),
  tensorImageSize: z.unknown().optional(),
  modality: z.record(z.string(), z.string()).optional(),
  channel_names: z.record(z.string(), z.string()).optional(),
  labels: names.optional(),
  regions_class_order: z.array(z.number()).optional(),
  file_ending: z.string().optional(),
  numTraining: z.number().optional(),
  numTest: z.number().optional(),
  training: z.array(entry).optional(),
  validation: z.array(entry).optional(),
  test: z.array(entry).optional(),
  testing: z.array(entry).optional(),
  dataset: z
    .record(z.string(), z.looseObject({ images: z.array(z.string()), label: z.string().optional() }))
    .optional(),
});

export type DatasetJson = z.infer<typeof datasetJsonSchema>;

/** Longest document that is read. */
export const maxDocumentBytes = 64 * 1024 * 1024;

/**
 * Parses and checks a `dataset.json`.
 *
 * @throws SegathlonError SEG201 naming the field
 */
export function parseDatasetJson(bytes: Uint8Array, file: string): DatasetJson {
  if (bytes.length > maxDocumentBytes) {
    throw new SegathlonError("SEG201", `${file}: ${bytes.length} bytes are too many for a document`, {
      where: { file },
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/^\uFEFF/, ""));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SegathlonError("SEG201", `${file}: not valid JSON: ${reason}`, { where: { file }, cause: error });
  }
  const parsed = datasetJsonSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".") ?? "";
  throw new SegathlonError("SEG201", `${file}: field "${field}": ${issue?.message ?? "does not follow the schema"}`, {
    where: { file, field },
  });
}

export interface NamedLabels {
  readonly labels: readonly { readonly value: number; readonly name: string }[];
  readonly regions: readonly { readonly name: string; readonly values: readonly number[] }[];
  readonly ignoreLabel?: number;
}

/**
 * Labels written as id -> name (MSD) or name -> id, name -> list of ids (nnU-Net): told apart by whether all keys are whole numbers.
 *
 * @throws SegathlonError SEG201 for a value that is no label, or two names for one label
 */
export function readLabels(labels: DatasetJson["labels"], file: string): NamedLabels {
  const entries = Object.entries(labels ?? {});
  const byId = entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key));
  const named = new Map<number, string>();
  const regions: { name: string; values: readonly number[] }[] = [];
  let ignoreLabel: number | undefined;
  const add = (value: number, name: string): void => {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
      throw new SegathlonError(
        "SEG201",
        `${file}: label "${name}" has the value ${value}; labels are whole numbers from 0`,
        {
          where: { file, field: "labels" },
        },
      );
    }
    if (value === 0) return;
    const other = named.get(value);
    if (other !== undefined && other !== name) {
      throw new SegathlonError("SEG201", `${file}: label ${value} has two names, "${other}" and "${name}"`, {
        where: { file, field: "labels" },
      });
    }
    named.set(value, name);
  };
  for (const [key, value] of entries) {
    if (byId) {
      if (Array.isArray(value)) continue;
      add(Number(key), String(value));
    } else if (Array.isArray(value)) {
      regions.push({ name: key, values: value });
    } else if (key === "ignore") {
      ignoreLabel = Number(value);
    } else {
      add(Number(value), key);
    }
  }
  // A dataset of regions names its single labels only through them.
  for (const region of regions) {
    for (const value of region.values)
      if (!named.has(value)) add(value, regionOfOne(regions, value) ?? `label ${value}`);
  }
  return {
    labels: [...named].map(([value, name]) => ({ value, name })).sort((a, b) => a.value - b.value),
    regions,
    ...(ignoreLabel === undefined ? {} : { ignoreLabel }),
  };
}

function regionOfOne(
  regions: readonly { name: string; values: readonly number[] }[],
  value: number,
): string | undefined {
  return regions.find((region) => region.values.length === 1 && region.values[0] === value)?.name;
}

/** Channel names in the order of their numbers. */
export function readChannels(channels: Readonly<Record<string, string>> | undefined): string[] {
  return Object.entries(channels ?? {})
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, name]) => name);
}
