/**
 * Entries of the demo's leaderboards: references disturbed on purpose to several qualities, and classical baselines that learned from
 * the training cases. Their names say which they are; no name is that of a published method.
 */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { SegathlonError } from "@segathlon/errors";
import {
  type FittedBaseline,
  fitAtlasForest,
  fitAtlasPrior,
  fitThresholdMorphology,
  type TrainingCase,
} from "@segathlon/models";
import { predictFileWithBaseline, readTrainingCase } from "@segathlon/models/node";
import { disturbLabels } from "@segathlon/phantom";
import { readLabelMapFile, writeLabelMapFile } from "@segathlon/volume/node";
import type { LearningCases } from "../learning-cases.ts";

export interface DemoEntry {
  /** Folder name. */
  readonly id: string;
  readonly team: string;
  readonly method: string;
  readonly kind: "disturbed" | "baseline";
}

interface Disturbed extends DemoEntry {
  readonly kind: "disturbed";
  readonly quality: number;
  readonly seed: number;
}

interface Learned extends DemoEntry {
  readonly kind: "baseline";
  readonly learn: (cases: readonly TrainingCase[]) => FittedBaseline;
}

const disturbed = (id: string, team: string, quality: number, seed: number): Disturbed => ({
  id,
  team,
  method: `reference disturbed to quality ${quality}`,
  kind: "disturbed",
  quality,
  seed,
});

/** In no order of merit. */
export const demoEntries: readonly (Disturbed | Learned)[] = [
  disturbed("disturbed-a", "Team Amber", 0.92, 11),
  disturbed("disturbed-b", "Team Birch", 0.9, 12),
  disturbed("disturbed-c", "Team Cedar", 0.84, 13),
  disturbed("disturbed-d", "Team Dune", 0.7, 14),
  { id: "atlas-prior", team: "Baselines", method: "atlas prior", kind: "baseline", learn: fitAtlasPrior },
  {
    id: "threshold",
    team: "Baselines",
    method: "threshold and morphology",
    kind: "baseline",
    learn: fitThresholdMorphology,
  },
  {
    id: "atlas-forest",
    team: "Baselines",
    method: "atlas and forest",
    kind: "baseline",
    learn: (cases) =>
      fitAtlasForest(cases, { trees: 8, maxDepth: 12, minNode: 16, minLeaf: 4, featuresPerNode: 8, seed: 1 }),
  },
];

export interface EntryTarget {
  readonly case: string;
  readonly images: readonly string[];
  readonly labels: string;
}

/**
 * Writes the predictions of every entry for `targets` to `folder/<entry id>/<case>.nii.gz`.
 *
 * @param onStep called before each prediction with what is being done and which part of the whole is done
 */
export async function writeDemoEntries(
  cases: Pick<LearningCases, "training">,
  targets: readonly EntryTarget[],
  folder: string,
  entries: readonly (Disturbed | Learned)[],
  onStep: (text: string, share: number) => void,
): Promise<void> {
  const learned = entries.filter((entry) => entry.kind === "baseline");
  const training: TrainingCase[] = [];
  if (learned.length > 0) for (const files of cases.training) training.push(await readTrainingCase(files));
  for (const [e, entry] of entries.entries()) {
    const out = path.join(folder, entry.id);
    await mkdir(out, { recursive: true });
    const fitted = entry.kind === "baseline" ? entry.learn(training) : null;
    for (const [t, target] of targets.entries()) {
      onStep(`${entry.method}: ${target.case}`, (e + t / targets.length) / entries.length);
      const file = path.join(out, `${target.case}.nii.gz`);
      if (fitted !== null) await predictFileWithBaseline(target.images, file, fitted);
      else if (entry.kind === "disturbed") {
        const reference = await readLabelMapFile(target.labels);
        const labels = disturbLabels(reference.labels, reference.geometry, {
          quality: entry.quality,
          seed: entry.seed,
          caseId: target.case,
        });
        await writeLabelMapFile(file, { geometry: reference.geometry, labels });
      }
    }
  }
  if (targets.length === 0) throw new SegathlonError("SEG505", `${folder}: there is no case to predict`);
}
