/** `segathlon predict`: a model package on a folder of images. */
import { mkdir, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { caseNameOf, isJunkName, isVolumeName } from "@segathlon/benchmark";
import { SegathlonError } from "@segathlon/errors";
import { openModel, predictFile, readModelPackage } from "@segathlon/models/node";
import { Command } from "commander";
import { wholeNumber } from "../option-values.ts";
import { printError } from "../print-error.ts";
import { durationText, progressLine } from "../progress-line.ts";

interface Options {
  readonly model: string;
  readonly input: string;
  readonly output: string;
  readonly engine?: string;
  readonly threads?: string;
  readonly fast?: true;
  readonly tta: boolean;
  readonly json?: true;
  readonly quiet?: true;
}

interface Target {
  readonly case: string;
  readonly images: readonly string[];
}

/** One file per case, or (nnU-Net) `case_0000.nii.gz`, `case_0001.nii.gz` ... for several channels. */
async function targets(input: string, channels: number): Promise<Target[]> {
  const info = await stat(input).catch((cause: unknown) => {
    throw new SegathlonError("SEG001", `${input}: no such file or folder`, { where: { file: input }, cause });
  });
  if (info.isFile()) return [{ case: caseNameOf(path.basename(input)), images: [input] }];
  const names = (await readdir(input)).filter((name) => isVolumeName(name) && !isJunkName(name)).sort();
  const byCase = new Map<string, string[]>();
  for (const name of names) {
    const whole = caseNameOf(name);
    const one = channels > 1 ? whole.replace(/_\d{4}$/, "") : whole.replace(/_0000$/, "");
    byCase.set(one, [...(byCase.get(one) ?? []), path.join(input, name)]);
  }
  return [...byCase].map(([name, images]) => ({ case: name, images }));
}

async function run(options: Options): Promise<void> {
  const model = await readModelPackage(options.model);
  if (options.fast === true) {
    // The coarse preset for a CPU: 3 mm, no mirroring, windows that overlap by a quarter.
    model.document.spacing_mm = (model.document.spacing_mm ?? [3, 3, 3]).map((mm) => Math.max(3, mm)) as [
      number,
      number,
      number,
    ];
    model.document.step = 0.75;
  }
  const list = await targets(options.input, model.document.channels.length);
  if (list.length === 0)
    throw new SegathlonError("SEG001", `${options.input}: no image (.nii.gz, .nii, .nrrd, .mha)`, {
      where: { file: options.input },
    });
  const opened = await openModel(model, {
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(options.threads === undefined ? {} : { threads: wholeNumber("--threads", options.threads, 1) }),
  });
  const line = progressLine("predict", { mode: options.quiet === true ? "quiet" : "shown" });
  const started = performance.now();
  const failures: { case: string; error: unknown }[] = [];
  try {
    await mkdir(options.output, { recursive: true });
    for (const [i, target] of list.entries()) {
      try {
        await predictFile(target.images, path.join(options.output, `${target.case}.nii.gz`), model, opened, {
          mirroring: options.tta && options.fast !== true ? "as-model" : "off",
          onProgress: ({ windowsDone, windows }) =>
            line.update({
              share: (i + windowsDone / windows) / list.length,
              text: `${target.case}, ${i + 1} of ${list.length}`,
            }),
        });
      } catch (error) {
        // One bad image never stops the others; it is reported below.
        failures.push({ case: target.case, error });
      }
    }
  } finally {
    line.end();
    await opened.release();
  }
  const seconds = (performance.now() - started) / 1000;
  for (const { error } of failures) printError(error);
  const done = list.length - failures.length;
  if (options.json === true)
    process.stdout.write(
      `${JSON.stringify({ model: model.document.name, engine: opened.engine, engineVersion: opened.version, predicted: done, failed: failures.map((failure) => failure.case), output: options.output, seconds })}\n`,
    );
  else
    process.stdout.write(
      `${done} of ${list.length} cases predicted with ${opened.engine} ${opened.version} in ${durationText(seconds)} -> ${options.output}\n${opened.passedOver.map((text) => `passed over: ${text}\n`).join("")}`,
    );
  if (failures.length > 0) process.exitCode = 1;
}

export function predictCommand(): Command {
  return new Command("predict")
    .description("Predict label maps for images with a model package.")
    .requiredOption("--model <dir>", "model package (model.json, model.onnx)")
    .requiredOption(
      "--input <dir>",
      "images: one file per case, or case_0000, case_0001 ... for several channels; or one file",
    )
    .requiredOption("--output <dir>", "where the label maps go, named by case")
    .option(
      "--engine <name>",
      "onnxruntime-node or onnxruntime-web; default: the first that is installed and passes the self-test",
    )
    .option("--threads <n>", "threads of the engine")
    .option("--fast", "3 mm working grid, fewer windows, no mirroring: coarse and quick")
    .option("--no-tta", "no averaging over mirrored images")
    .option("--json", "print one JSON object")
    .option("--quiet", "no progress")
    .addHelpText(
      "after",
      "\nExample:\n  segathlon predict --model model --input Task04_Hippocampus/imagesTs --output predictions\n",
    )
    .action(run);
}
