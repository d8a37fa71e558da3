/** Reads and decodes the files of one case from a folder, and writes down its facts. Runs in the main thread and in workers alike. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { atPlace, type Problem, SegathlonError } from "@segathlon/errors";
import { compareGeometry, describeComparison, type LabelMap, toLabelMap, type Volume } from "@segathlon/volume";
import { readVolumeFile } from "@segathlon/volume/node";
import type { CaseFacts } from "../check/case-facts.ts";
import {
  type CaseInput,
  type InspectOptions,
  inspectCase,
  type LabelVolume,
  type ReadFile,
} from "../check/inspect-case.ts";
import type { Dataset, DatasetCase } from "../dataset.ts";

/** What reading a case needs, as plain data. */
export interface CaseTask {
  readonly folder: string;
  readonly one: DatasetCase;
  readonly labels: Dataset["labels"];
  readonly options: InspectOptions;
}

/** The facts of one case. Nothing that a file holds makes this fail: what cannot be read becomes a problem. */
export async function inspectCaseFiles({ folder, one, labels, options }: CaseTask): Promise<CaseFacts> {
  const { image, label } = one;
  const files = image === undefined ? [] : image.kind === "one-file" ? [image.file] : image.files;
  const images: ReadFile<Volume>[] = [];
  for (const file of files)
    images.push(await reading(folder, file, (path) => readVolumeFile(path, { fileName: file })));
  const input: CaseInput = { id: one.id, split: one.split, images };
  if (label === undefined) return inspectCase(input, options);
  if (label.kind === "label-map") {
    const read = await reading(folder, label.file, async (path) =>
      labelVolume(await readVolumeFile(path, { fileName: label.file }), label.file),
    );
    return inspectCase({ ...input, label: read }, options);
  }
  const combined = await combineMasks(folder, one.id, label.files, labels);
  return inspectCase({ ...input, label: combined.label, overlaps: combined.overlaps }, options);
}

function labelVolume(volume: Volume, file: string): LabelVolume {
  const { data: _data, ...header } = volume;
  return { header, labelMap: toLabelMap(volume, file) };
}

async function reading<Content>(
  folder: string,
  file: string,
  read: (path: string) => Promise<Content>,
): Promise<ReadFile<Content>> {
  try {
    const path = join(folder, ...file.split("/"));
    const { size } = await stat(path);
    return { kind: "read", file, bytes: size, content: await read(path) };
  } catch (error) {
    return { kind: "failed", file, problem: asProblem(error, file) };
  }
}

function asProblem(error: unknown, file: string): Problem {
  const placed = atPlace(error, { file });
  if (placed instanceof SegathlonError) return placed.toProblem();
  const message = `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  return new SegathlonError("SEG001", message, { where: { file } }).toProblem();
}

/**
 * One label map out of masks. Where masks overlap the first structure (by label value) keeps the voxel, and the overlap is reported.
 */
export async function combineMasks(
  folder: string,
  id: string,
  files: Readonly<Record<string, string>>,
  labels: Dataset["labels"],
): Promise<{ label: ReadFile<LabelVolume>; overlaps: CaseFacts["overlaps"] }> {
  const named = labels.flatMap(({ value, name }) => {
    const file = files[name];
    return file === undefined ? [] : [{ value, name, file }];
  });
  const overlaps: { first: string; second: string; voxels: number }[] = [];
  let header: LabelVolume["header"] | undefined;
  let result: Uint16Array | undefined;
  let bytes = 0;
  const first = named[0]?.file ?? id;
  try {
    for (const { value, name, file } of named) {
      const mask = await reading(folder, file, async (path) =>
        labelVolume(await readVolumeFile(path, { fileName: file }), file),
      );
      if (mask.kind === "failed") return { label: mask, overlaps };
      bytes += mask.bytes;
      const { labelMap } = mask.content;
      header ??= mask.content.header;
      result ??= new Uint16Array(labelMap.labels.length);
      const comparison = compareGeometry(header.geometry, labelMap.geometry);
      if (comparison.kind !== "exact" && comparison.kind !== "noise") {
        throw new SegathlonError(
          "SEG014",
          `${file} does not lie on the grid of ${first}: ${describeComparison(comparison)}`,
          { where: { file } },
        );
      }
      const shared = new Map<number, number>();
      for (let p = 0; p < result.length; p += 1) {
        if (labelMap.labels[p] === 0) continue;
        const before = result[p] as number;
        if (before === 0) result[p] = value;
        else shared.set(before, (shared.get(before) ?? 0) + 1);
      }
      for (const [other, voxels] of shared) {
        overlaps.push({
          first: labels.find((label) => label.value === other)?.name ?? String(other),
          second: name,
          voxels,
        });
      }
    }
    if (header === undefined || result === undefined)
      throw new SegathlonError("SEG202", `${id} has no mask`, { where: { case: id } });
    const labelMap: LabelMap = { geometry: header.geometry, labels: result };
    return { label: { kind: "read", file: first, bytes, content: { header, labelMap } }, overlaps };
  } catch (error) {
    return { label: { kind: "failed", file: first, problem: asProblem(error, first) }, overlaps };
  }
}
