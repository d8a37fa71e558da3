/** What a format has no place for. Converting says so before anything is written. */
import type { Dataset, DatasetFormat } from "./dataset.ts";
import { bidsSubject } from "./formats/bids.ts";

/** Sentences about what `target` cannot hold of this dataset; empty when the conversion keeps everything. */
export function whatIsLost(dataset: Dataset, target: DatasetFormat): string[] {
  const lost: string[] = [];
  const { regions, ignoreLabel, folds, licences, cases } = dataset;
  const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
  if (regions.length > 0 && target !== "nnunet") {
    lost.push(`regions ${list(regions.map((region) => region.name))}: ${target} names single labels only`);
  }
  if (ignoreLabel !== undefined && target !== "nnunet") {
    lost.push(`label ${ignoreLabel} stays in the voxels, but ${target} cannot say that it is to be ignored`);
  }
  if (folds.length > 0 && target !== "nnunet" && target !== "monai") {
    lost.push(`the ${folds.length} cross-validation folds`);
  }
  if (target === "monai" && folds.length > 0 && !isPartition(folds)) {
    lost.push("folds in which a case validates more than once: MONAI keeps one fold for each case");
  }
  if (licences.length > 1 && new Set(licences.map((one) => one.value)).size > 1) {
    lost.push(
      `all licence statements but the first: ${list(licences.slice(1).map((one) => `${one.source}: ${one.value}`))}`,
    );
  }
  if (target === "structures" || target === "plain") {
    for (const key of ["description", "reference", "release"] as const) if (dataset[key] !== "") lost.push(key);
    if (licences.length > 0) lost.push("the licence (copy the LICENSE file beside the data)");
  }
  if (target === "bids") {
    const subjects = cases.map((one) => bidsSubject(one.id));
    if (new Set(subjects).size < subjects.length)
      lost.push("case names that differ only in characters that BIDS does not allow");
  }
  if (target === "nnunet" && cases.some((one) => one.split === "validation") && folds.length > 0) {
    lost.push("the validation split: splits_final.json holds the folds instead");
  }
  const other = Object.keys(dataset.otherKeys);
  if (other.length > 0 && (target === "bids" || target === "structures" || target === "plain")) {
    lost.push(`document keys ${list(other)}`);
  }
  return lost;
}

function isPartition(folds: Dataset["folds"]): boolean {
  const all = folds.flatMap((fold) => fold.validation);
  return new Set(all).size === all.length;
}
