/** `segathlon train`: a 3D U-Net trained on this computer, to a model package. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { evaluatorVersion } from "@segathlon/benchmark";
import {
  openModel,
  predictFile,
  readModelPackage,
  type TrainingCurve,
  trainModel,
  writeModelPackage,
} from "@segathlon/models/node";
import { Command } from "commander";
import { foldOption, learningCases } from "../learning-cases.ts";
import { optionError, wholeNumber } from "../option-values.ts";
import { durationText, progressLine } from "../progress-line.ts";

interface Options {
  readonly data: string;
  readonly out: string;
  readonly preset: string;
  readonly fold?: string;
  readonly predictions?: string;
  readonly steps?: string;
  readonly width?: string;
  readonly seed: string;
  readonly workers?: string;
  readonly name?: string;
  readonly task?: string;
  readonly json?: true;
  readonly quiet?: true;
}

function curveCsv(curve: TrainingCurve, labels: readonly string[]): string {
  const rows = [
    ...curve.loss.map(([step, loss]) => ({ step, text: `${step},${loss},${labels.map(() => "").join(",")}` })),
    ...curve.dice.map(([step, dice]) => ({ step, text: `${step},,${dice.join(",")}` })),
  ];
  rows.sort((a, b) => a.step - b.step);
  return `step,loss,${labels.map((label) => `dice_${label.replace(/[",\s]/g, "_")}`).join(",")}\n${rows.map((row) => row.text).join("\n")}\n`;
}

async function run(options: Options): Promise<void> {
  const { preset } = options;
  if (preset !== "quick" && preset !== "default" && preset !== "good")
    throw optionError("--preset", "quick, default or good", preset);
  const fold = options.fold === undefined ? null : foldOption(options.fold);
  const cases = await learningCases(options.data, fold);
  const seed = wholeNumber("--seed", options.seed, 0);
  await mkdir(options.out, { recursive: true });
  const checkpoint = path.join(options.out, "checkpoint.bin");
  const line = progressLine("train", { mode: options.quiet === true ? "quiet" : "shown" });
  const abort = new AbortController();
  // The first Ctrl-C ends after the current step and keeps the checkpoint; the second ends at once.
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(2);
    abort.abort();
  };
  process.on("SIGINT", interrupt);
  const names = Object.entries(cases.labels)
    .sort(([, a], [, b]) => a - b)
    .map(([name]) => name);
  let trained: Awaited<ReturnType<typeof trainModel>>;
  try {
    trained = await trainModel({
      name: options.name ?? `${cases.dataset.name || path.basename(options.data)} U-Net ${preset}`,
      task: options.task ?? null,
      dataset: cases.dataset.name || null,
      channels: cases.channels,
      labels: cases.labels,
      training: cases.training,
      validation: cases.held,
      preset,
      seed,
      version: evaluatorVersion,
      checkpoint,
      workers:
        options.workers === undefined
          ? Math.min(2, availableParallelism())
          : wholeNumber("--workers", options.workers, 1),
      ...(options.steps === undefined ? {} : { steps: wholeNumber("--steps", options.steps, 1) }),
      ...(options.width === undefined ? {} : { width: wholeNumber("--width", options.width, 8) }),
      signal: abort.signal,
      onStage: (text, share) => line.update({ share: 0.02 * share, text }),
      onProgress: ({ step, steps, loss, validationDice, secondsLeft }) =>
        line.update({
          share: 0.02 + (0.98 * step) / steps,
          text: `step ${step} of ${steps}, loss ${loss.toFixed(3)}${validationDice.length > 0 ? `, validation Dice ${validationDice.map((dice) => dice.toFixed(3)).join(" / ")}` : ""}${secondsLeft === null ? "" : `, ${durationText(secondsLeft)} left`}`,
        }),
    });
  } finally {
    line.end();
    process.off("SIGINT", interrupt);
  }
  const { curve, step } = trained.network;
  await writeModelPackage(options.out, trained.document, trained.onnx);
  await writeFile(path.join(options.out, "training.csv"), curveCsv(curve, names));
  const interrupted = abort.signal.aborted;
  if (!interrupted) await rm(checkpoint, { force: true });
  if (options.predictions !== undefined && !interrupted) {
    const model = await readModelPackage(options.out);
    const opened = await openModel(model);
    const targets = fold === null ? cases.test : cases.held;
    const predicting = progressLine("predict", { mode: options.quiet === true ? "quiet" : "shown" });
    try {
      await mkdir(options.predictions, { recursive: true });
      for (const [i, target] of targets.entries()) {
        predicting.update({ share: i / targets.length, text: `${target.case}, ${i + 1} of ${targets.length}` });
        await predictFile(target.images, path.join(options.predictions, `${target.case}.nii.gz`), model, opened);
      }
    } finally {
      predicting.end();
      await opened.release();
    }
  }
  const last = curve.dice.at(-1)?.[1] ?? [];
  if (options.json === true) {
    process.stdout.write(
      `${JSON.stringify({ model: options.out, name: trained.document.name, steps: step, parameters: trained.document.onnx.parameters, seconds: curve.seconds, validationDice: Object.fromEntries(names.map((name, k) => [name, last[k] ?? null])), interrupted })}\n`,
    );
  } else {
    process.stdout.write(
      `${trained.document.name}: ${step} steps in ${durationText(curve.seconds)}, ${trained.document.onnx.parameters} parameters -> ${options.out}\n${last.length > 0 ? `validation Dice on ${cases.held.length} held-out cases: ${names.map((name, k) => `${name} ${(last[k] ?? 0).toFixed(4)}`).join(", ")}\n` : ""}${interrupted ? "interrupted: the same command goes on from the checkpoint\n" : ""}`,
    );
  }
  if (interrupted) process.exitCode = 1;
}

export function trainCommand(): Command {
  return new Command("train")
    .description("Train a 3D U-Net on this computer's cores and write a model package.")
    .requiredOption("--data <dir>", "dataset with labelled training cases")
    .requiredOption("--out <dir>", "model package: model.json, model.onnx, training.csv; a checkpoint while it runs")
    .option("--preset <name>", "quick (900 steps), default (3000) or good (5000, wider)", "default")
    .option("--fold <k/n>", "hold out every n-th labelled case from the k-th for validation")
    .option("--predictions <dir>", "then predict the held-out cases (or the test images without --fold)")
    .option("--steps <n>", "instead of the preset's")
    .option("--width <n>", "channels of the first level, a multiple of 8, instead of the preset's")
    .option("--seed <n>", "the same seed, data and options give the same weights", "1")
    .option("--workers <n>", "threads; at most two are of use")
    .option("--name <text>", "name of the model")
    .option("--task <id>", "catalogue id, recorded in the model")
    .option("--json", "print one JSON object")
    .option("--quiet", "no progress")
    .addHelpText(
      "after",
      "\nExample:\n  segathlon train --data Task04_Hippocampus --out model --preset quick --fold 1/5 --predictions held-out\n\nInterrupted? The same command goes on from the checkpoint.\n",
    )
    .action(run);
}
