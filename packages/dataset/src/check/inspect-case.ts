/** Looks at the decoded volumes of one case and writes down the facts. Pure: reading and decoding happen elsewhere. */
import type { Problem } from "@segathlon/errors";
import {
  compareGeometry,
  cornerDisplacementMm,
  describeComparison,
  type GeometryComparison,
  type LabelMap,
  orientationCodes,
  type Volume,
  voxelCount,
} from "@segathlon/volume";
import type { SplitName } from "../dataset.ts";
import type { CaseFacts, FileFacts, GridFacts, ImageFacts, LabelFacts } from "./case-facts.ts";
import { caseStatistics } from "./case-statistics.ts";
import { headerTexts, otherTransform } from "./header-text.ts";
import { type IntensitySummary, summariseIntensities } from "./intensity-summary.ts";
import { summariseLabels } from "./label-summary.ts";
import { makeThumbnail } from "./thumbnail.ts";
import { VoxelHash } from "./voxel-hash.ts";

/** A file as it was read, or why it was not. */
export type ReadFile<Content> =
  | { readonly kind: "read"; readonly file: string; readonly bytes: number; readonly content: Content }
  | { readonly kind: "failed"; readonly file: string; readonly problem: Problem };

/** A label map with the header that it came from. */
export interface LabelVolume {
  readonly header: Omit<Volume, "data">;
  readonly labelMap: LabelMap;
}

export interface CaseInput {
  readonly id: string;
  readonly split: SplitName;
  readonly images: readonly ReadFile<Volume>[];
  readonly label?: ReadFile<LabelVolume>;
  readonly overlaps?: CaseFacts["overlaps"];
}

export interface InspectOptions {
  /** Also intensities inside labels and the fingerprint's sample. */
  readonly statistics?: true;
  readonly thumbnail?: true;
}

/** The facts of one case. Files that could not be read become problems; the others are described all the same. */
export function inspectCase(input: CaseInput, options: InspectOptions = {}): CaseFacts {
  const problems: (Problem & { role: "image" | "label" })[] = [];
  const images: ImageFacts[] = [];
  const volumes: Volume[] = [];
  for (const image of input.images) {
    if (image.kind === "failed") problems.push({ ...image.problem, role: "image" });
    else {
      images.push(imageFacts(image.file, image.bytes, image.content));
      volumes.push(image.content);
    }
  }
  let label: LabelFacts | undefined;
  let labelMap: LabelMap | undefined;
  if (input.label?.kind === "failed") problems.push({ ...input.label.problem, role: "label" });
  else if (input.label !== undefined) {
    labelMap = input.label.content.labelMap;
    label = labelFacts(input.label.file, input.label.bytes, input.label.content);
  }
  const first = volumes[0];
  const comparison =
    first === undefined || labelMap === undefined ? undefined : compareGeometry(first.geometry, labelMap.geometry);
  const aligned = comparison?.kind === "exact" || comparison?.kind === "noise" ? labelMap : undefined;
  const summary = images[0]?.intensities[0];
  return {
    id: input.id,
    split: input.split,
    images,
    ...(label === undefined ? {} : { label }),
    ...(comparison === undefined ? {} : { grid: gridFacts(comparison) }),
    overlaps: input.overlaps ?? [],
    problems,
    ...(options.statistics === true && first !== undefined ? { statistics: caseStatistics(volumes, aligned) } : {}),
    ...(options.thumbnail === true && first !== undefined && summary !== undefined
      ? {
          thumbnail: makeThumbnail(
            first,
            summary,
            aligned,
            middleSlice(first, aligned === undefined ? undefined : label),
          ),
        }
      : {}),
  };
}

function gridFacts(comparison: GeometryComparison): GridFacts {
  const text = describeComparison(comparison).replaceAll("reference", "image").replaceAll("prediction", "label map");
  return comparison.kind === "mismatch"
    ? { kind: comparison.kind, what: comparison.what, text }
    : { kind: comparison.kind, text };
}

/** The slice with the middle of all labels; without labels the middle of the stack. */
function middleSlice(image: Volume, label: LabelFacts | undefined): number {
  const nz = image.geometry.shape[2];
  const total = label?.labels.reduce((sum, one) => sum + one.voxels, 0) ?? 0;
  if (label === undefined || total === 0) return Math.floor(nz / 2);
  const mean = label.labels.reduce((sum, one) => sum + one.centre[2] * one.voxels, 0) / total;
  return Math.max(0, Math.min(nz - 1, Math.round(mean)));
}

function fileFacts(file: string, bytes: number, volume: Omit<Volume, "data">): FileFacts {
  const { format, voxelType, slope, intercept, geometry, channels, details } = volume;
  const other = details?.nifti === undefined ? undefined : otherTransform(details.nifti, details.byteOrder);
  const apart = other === undefined ? null : cornerDisplacementMm(geometry.shape, geometry.affine, other);
  return {
    file,
    bytes,
    format,
    voxelType,
    slope,
    intercept,
    geometry,
    orientation: orientationCodes(geometry.affine),
    channels,
    texts: headerTexts(details),
    transformsApartMm: apart !== null && Number.isFinite(apart) ? apart : null,
  };
}

function imageFacts(file: string, bytes: number, volume: Volume): ImageFacts {
  const hash = new VoxelHash();
  hash.update(Float32Array.of(...volume.geometry.shape, volume.channels));
  const voxels = voxelCount(volume.geometry.shape);
  const intensities: IntensitySummary[] = [];
  for (let c = 0; c < volume.channels; c += 1) {
    intensities.push(summariseIntensities(volume, c * voxels, (c + 1) * voxels, hash));
  }
  return { ...fileFacts(file, bytes, volume), intensities, voxelHash: hash.digest() };
}

function labelFacts(file: string, bytes: number, { header, labelMap }: LabelVolume): LabelFacts {
  const hash = new VoxelHash();
  hash.update(Float32Array.of(...labelMap.geometry.shape, 1));
  const buffer = new Float32Array(1 << 20);
  for (let start = 0; start < labelMap.labels.length; start += buffer.length) {
    const part = labelMap.labels.subarray(start, start + buffer.length);
    buffer.set(part);
    hash.update(buffer.subarray(0, part.length));
  }
  return { ...fileFacts(file, bytes, header), labels: summariseLabels(labelMap), voxelHash: hash.digest() };
}
