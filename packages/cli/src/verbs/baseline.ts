/** `segathlon baseline`: classical baselines that need nothing but the training cases. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import {
  type FittedBaseline,
  fitAtlasForest,
  fitAtlasPrior,
  fitMajority,
  fitThresholdMorphology,
  type TrainingCase,
} from "@segathlon/models";
import { predictFileWithBaseline, readTrainingCase } from "@segathlon/models/node";
import { Command } from "commander";
import { foldOption, learningCases } from "../learning-cases.ts";
import { optionError } from "../option-values.ts";
import { durationText, progressLine } from "../progress-line.ts";

const baselines: Readonly<Record<string, (cases: readonly TrainingCase[]) => FittedBaseline>> = {
  majority: fitMajority,
  "atlas-prior": fitAtlasPrior,
  threshold: fitThresholdMorphology,
  "atlas-forest": fitAtlasForest,
};

interface Options {
  readonly data: string;
  readonly out: string;
  readonly fold?: string;
  readonly json?: true;
  readonly quiet?: true;
}

async function run(name: string, options: Options): Promise<void> {
  const learn = baselines[name];
  if (learn === undefined) throw optionError("baseline", Object.keys(baselines).join(", "), name);
  const fold = options.fold === undefined ? null : foldOption(options.fold);
  const cases = await learningCases(options.data, fold);
  const line = progressLine(`baseline ${name}`, { mode: options.quiet === true ? "quiet" : "shown" });
  const targets = fold === null ? cases.test : cases.held;
  const started = performance.now();
  let fitted: FittedBaseline;
  let learned: number;
  try {
    const training: TrainingCase[] = [];
    for (const [i, files] of cases.training.entries()) {
      line.update({ share: (0.2 * i) / cases.training.length, text: `reading ${files.case}` });
      training.push(await readTrainingCase(files));
    }
    line.update({ share: 0.2, text: `learning from ${training.length} cases` });
    fitted = learn(training);
    learned = (performance.now() - started) / 1000;
    await mkdir(options.out, { recursive: true });
    for (const [i, target] of targets.entries()) {
      line.update({
        share: 0.6 + (0.4 * i) / Math.max(1, targets.length),
        text: `predicting ${target.case}, ${i + 1} of ${targets.length}`,
      });
      await predictFileWithBaseline(target.images, path.join(options.out, `${target.case}.nii.gz`), fitted);
    }
  } finally {
    line.end();
  }
  const seconds = (performance.now() - started) / 1000;
  if (options.json === true) {
    process.stdout.write(
      `${JSON.stringify({ baseline: name, description: fitted.description, trainingCases: cases.training.length, predicted: targets.length, out: options.out, learnSeconds: learned, seconds })}\n`,
    );
    return;
  }
  process.stdout.write(
    `${name}: ${fitted.description}\nlearned in ${durationText(learned)}, predicted ${targets.length} ${fold === null ? "test" : "held-out"} cases in ${durationText(seconds - learned)} -> ${options.out}\n`,
  );
  if (targets.length === 0)
    process.stdout.write("The dataset has no test images; --fold 1/5 holds out labelled cases and predicts those.\n");
}

export function baselineCommand(): Command {
  return new Command("baseline")
    .description("Learn a classical baseline and predict the test images (or a held-out fold).")
    .argument("<name>", `one of ${Object.keys(baselines).join(", ")}`)
    .requiredOption("--data <dir>", "dataset with labelled training cases")
    .requiredOption("--out <dir>", "where the predicted label maps go")
    .option("--fold <k/n>", "hold out every n-th labelled case from the k-th and predict those")
    .option("--json", "print one JSON object")
    .option("--quiet", "no progress")
    .addHelpText("after", "\nExample:\n  segathlon baseline atlas-forest --data Task04_Hippocampus --out predictions\n")
    .action(run);
}
