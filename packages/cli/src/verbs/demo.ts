/** `segathlon demo`: the whole thing, small. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { demoEvaluation } from "../demo/demo-evaluate.ts";
import { optionError, wholeNumber } from "../option-values.ts";
import { durationText, progressLine } from "../progress-line.ts";

interface Options {
  readonly out: string;
  readonly only?: string;
  readonly cases: string;
  readonly size: string;
  readonly quiet?: true;
}

async function run(options: Options): Promise<void> {
  if (options.only !== undefined && options.only !== "evaluate") throw optionError("--only", "evaluate", options.only);
  const started = performance.now();
  const line = progressLine("demo", { mode: options.quiet === true ? "quiet" : "shown" });
  const out = path.resolve(options.out);
  await rm(path.join(out, "Phantom04_Hippocampus"), { recursive: true, force: true });
  let made: Awaited<ReturnType<typeof demoEvaluation>>;
  try {
    made = await demoEvaluation({
      out,
      cases: wholeNumber("--cases", options.cases, 6),
      size: wholeNumber("--size", options.size, 24),
      line,
    });
  } finally {
    line.end();
  }
  const here = `${process.cwd()}${path.sep}`;
  const shown = (text: string): string => text.replaceAll(here, "");
  process.stdout.write(
    `${pc.bold("A synthetic hippocampus task: seven entries predicted, evaluated and ranked")} in ${durationText((performance.now() - started) / 1000)}\n\n` +
      `${made.commands.map((command) => `  $ ${shown(command)}`).join("\n")}\n\n` +
      `Open these in a browser:\n${made.files
        .filter((file) => file.endsWith(".html"))
        .map((file) => `  ${shown(file)}`)
        .join("\n")}\n` +
      `and read these from scripts:\n${made.files
        .filter((file) => file.endsWith(".json"))
        .map((file) => `  ${shown(file)}`)
        .join("\n")}\n`,
  );
}

export function demoCommand(): Command {
  return new Command("demo")
    .description("Make synthetic data, predict, evaluate and rank it, and say where the reports are.")
    .option("--out <dir>", "where everything goes", "demo")
    .option("--only <part>", "evaluate: no server, reports on disk only")
    .option("--cases <n>", "cases of the synthetic task", "18")
    .option("--size <voxels>", "about the longest side of an image", "48")
    .option("--quiet", "no progress")
    .addHelpText("after", "\nExample:\n  segathlon demo --only evaluate --out demo\n")
    .action(run);
}
