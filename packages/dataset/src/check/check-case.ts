/** Findings about one case by itself. */
import type { Dataset } from "../dataset.ts";
import type { CaseFacts } from "./case-facts.ts";
import { type Finding, finding } from "./finding.ts";

/** Smallest and largest voxel edge, in mm, that a clinical scanner makes. */
const plausibleSpacingMm = [0.02, 30] as const;

type DatasetWords = Pick<Dataset, "labels" | "channels" | "ignoreLabel">;

/** Reading problems, grids, labels, channels, intensities. */
export function checkCase(facts: CaseFacts, dataset: DatasetWords): Finding[] {
  return [
    ...checkReading(facts),
    ...checkGrid(facts),
    ...checkLabels(facts, dataset),
    ...checkImages(facts, dataset),
    ...checkSpacing(facts),
    ...facts.overlaps.map(({ first, second, voxels }) =>
      finding("overlapping-structures", `${facts.id}: ${first} and ${second} share ${voxels} voxels`, {
        case: facts.id,
        label: first,
      }),
    ),
  ];
}

function checkReading({ id, problems }: CaseFacts): Finding[] {
  return problems.map(({ code, message, hint, where, role }) =>
    finding(code === "SEG008" && role === "label" ? "not-a-label-map" : "unreadable-file", `${id}: ${message}`, {
      case: id,
      fix: hint,
      ...(where.file === undefined ? {} : { file: where.file }),
      found: code,
    }),
  );
}

function checkGrid({ id, grid, images, label }: CaseFacts): Finding[] {
  const findings: Finding[] = [];
  const place = { case: id, ...(label === undefined ? {} : { file: label.file }) };
  if (grid !== undefined && grid.kind !== "exact") {
    const name =
      grid.kind === "noise"
        ? "geometry-noise"
        : grid.kind === "reoriented"
          ? "geometry-reoriented"
          : grid.what === "shape"
            ? "shape-mismatch"
            : "geometry-mismatch";
    const shapes =
      grid.what === "shape"
        ? { expected: images[0]?.geometry.shape.join("x") ?? "", found: label?.geometry.shape.join("x") ?? "" }
        : {};
    findings.push(finding(name, `${id}: ${grid.text}`, { ...place, ...shapes }));
  }
  for (const file of [...images, ...(label === undefined ? [] : [label])]) {
    const limit = 0.1 * Math.min(...file.geometry.spacingMm);
    if (file.transformsApartMm === null || file.transformsApartMm <= limit) continue;
    findings.push(
      finding(
        "transforms-disagree",
        `${id}: sform and qform of ${file.file} place the same corner ${file.transformsApartMm.toPrecision(3)} mm apart`,
        {
          case: id,
          file: file.file,
        },
      ),
    );
  }
  return findings;
}

function checkLabels({ id, label }: CaseFacts, { labels, ignoreLabel }: DatasetWords): Finding[] {
  if (label === undefined) return [];
  const findings: Finding[] = [];
  const place = { case: id, file: label.file };
  if (label.voxelType === "float32" || label.voxelType === "float64") {
    findings.push(
      finding("label-type", `${id}: the label map is stored as ${label.voxelType}`, {
        ...place,
        expected: "an integer type",
        found: label.voxelType,
      }),
    );
  }
  if (label.labels.length === 0)
    findings.push(finding("empty-label-map", `${id}: the label map holds background only`, place));
  if (labels.length === 0) return findings;
  const known = new Set([...labels.map((one) => one.value), ...(ignoreLabel === undefined ? [] : [ignoreLabel])]);
  const strange = label.labels.filter((one) => !known.has(one.value));
  if (strange.length > 0) {
    const shown = strange
      .slice(0, 8)
      .map((one) => `${one.value} (${one.voxels} voxels)`)
      .join(", ");
    findings.push(
      finding(
        "unexpected-label",
        `${id}: label ${shown}${strange.length > 8 ? ` and ${strange.length - 8} more` : ""} ${strange.length === 1 ? "is" : "are"} not declared`,
        {
          ...place,
          expected: `0, ${[...known].sort((a, b) => a - b).join(", ")}`,
          found: strange
            .slice(0, 8)
            .map((one) => one.value)
            .join(", "),
        },
      ),
    );
  }
  return findings;
}

function checkImages({ id, images, problems }: CaseFacts, { channels }: DatasetWords): Finding[] {
  const findings: Finding[] = [];
  const count = images.reduce((sum, image) => sum + image.channels, 0);
  const failed = problems.some((problem) => problem.role === "image");
  if (images.length > 0 && channels.length > 0 && count !== channels.length && !failed) {
    findings.push(
      finding(
        "channel-mismatch",
        `${id}: ${count} channels, but the dataset declares ${channels.length} (${channels.join(", ")})`,
        {
          case: id,
          file: images[0]?.file ?? "",
          expected: String(channels.length),
          found: String(count),
        },
      ),
    );
  }
  for (const image of images) {
    image.intensities.forEach((channel, c) => {
      const where = image.intensities.length > 1 ? `${image.file}, channel ${c}` : image.file;
      if (channel.nonFinite > 0) {
        findings.push(
          finding("non-finite-voxels", `${id}: ${channel.nonFinite} voxels of ${where} are NaN or infinite`, {
            case: id,
            file: image.file,
          }),
        );
      }
      if (channel.min === channel.max) {
        findings.push(
          finding("constant-image", `${id}: all voxels of ${where} are ${channel.min}`, { case: id, file: image.file }),
        );
      }
    });
  }
  const [first, ...others] = images;
  for (const other of others) {
    if (first === undefined || other.geometry.shape.every((n, axis) => n === first.geometry.shape[axis])) continue;
    findings.push(
      finding("shape-mismatch", `${id}: channel files have different shapes`, {
        case: id,
        file: other.file,
        expected: first.geometry.shape.join("x"),
        found: other.geometry.shape.join("x"),
        fix: "Resample the channels to one grid.",
      }),
    );
  }
  return findings;
}

function checkSpacing({ id, images, label }: CaseFacts): Finding[] {
  const file = images[0] ?? label;
  if (file === undefined) return [];
  const [low, high] = plausibleSpacingMm;
  if (file.geometry.spacingMm.every((mm) => mm >= low && mm <= high)) return [];
  const text = file.geometry.spacingMm.map((mm) => Number(mm.toPrecision(4))).join(" x ");
  return [
    finding("implausible-spacing", `${id}: voxels of ${text} mm`, {
      case: id,
      file: file.file,
      expected: `${low} to ${high} mm`,
      found: `${text} mm`,
    }),
  ];
}
