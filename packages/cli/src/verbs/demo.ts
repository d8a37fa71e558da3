/** `segathlon demo`: the whole thing, small. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { SegathlonError } from "@segathlon/errors";
import { Command } from "commander";
import pc from "picocolors";
import { demoEvaluation } from "../demo/demo-evaluate.ts";
import { demoSite } from "../demo/demo-site.ts";
import { demoBenchmarks } from "../demo/demo-tasks.ts";
import { optionError, wholeNumber } from "../option-values.ts";
import { durationText, type ProgressLine, progressLine } from "../progress-line.ts";

interface Options {
  readonly out: string;
  readonly only?: string;
  readonly port: string;
  readonly dataDir?: string;
  readonly keep?: true;
  readonly exit?: true;
  readonly quiet?: true;
}

async function evaluatePart(out: string, line: ProgressLine): Promise<void> {
  const started = performance.now();
  let made: Awaited<ReturnType<typeof demoEvaluation>>;
  try {
    await rm(path.join(out, "Phantom04_Hippocampus"), { recursive: true, force: true });
    made = await demoEvaluation({ out, cases: 18, size: 48, line });
  } finally {
    line.end();
  }
  const here = `${process.cwd()}${path.sep}`;
  const shown = (text: string): string => text.replaceAll(here, "");
  const listed = (ending: string): string =>
    made.files
      .filter((file) => file.endsWith(ending))
      .map((file) => `  ${shown(file)}`)
      .join("\n");
  process.stdout.write(
    `${pc.bold("A synthetic hippocampus task: seven entries predicted, evaluated and ranked")} in ${durationText((performance.now() - started) / 1000)}\n\n` +
      `${made.commands.map((command) => `  $ ${shown(command)}`).join("\n")}\n\n` +
      `Open these in a browser:\n${listed(".html")}\nand read these from scripts:\n${listed(".json")}\n`,
  );
}

async function sitePart(options: Options, line: ProgressLine): Promise<void> {
  const started = performance.now();
  const folder =
    options.dataDir === undefined
      ? await mkdtemp(path.join(tmpdir(), "segathlon-demo-"))
      : path.resolve(options.dataDir);
  const keep = options.keep === true || options.dataDir !== undefined;
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    const site = await demoSite({
      folder,
      port: wholeNumber("--port", options.port, 0),
      signal: abort.signal,
      onStep: (text, share) => line.update({ share, text }),
    });
    line.end();
    const { url } = site.server;
    const adminLink = site.server.adminLink ?? (await site.server.newAdminLink());
    process.stdout.write(
      `${pc.bold("A living site")}: ${site.submissions} submissions scored and ranked in ${durationText((performance.now() - started) / 1000)}\n\n` +
        `  ${pc.bold(url)}\n${demoBenchmarks.map((benchmark) => `  ${url}/benchmarks/${benchmark.id}  ${benchmark.title}`).join("\n")}\n` +
        `  administrator (works once): ${adminLink}\n\n` +
        `All data are synthetic; entries are baselines and disturbed references, and are named as such.\n` +
        (keep ? `Everything is kept in ${folder}\n` : ""),
    );
    if (options.exit !== true) {
      process.stdout.write(`Ctrl-C ends the server${keep ? "" : " and removes what was made"}.\n`);
      await new Promise<void>((resolve) => {
        if (abort.signal.aborted) resolve();
        abort.signal.addEventListener("abort", () => resolve());
      });
    }
    await site.server.close();
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    throw error instanceof SegathlonError
      ? error
      : new SegathlonError("SEG702", "the demo was interrupted", { cause: error });
  } finally {
    line.end();
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    if (!keep) await rm(folder, { recursive: true, force: true });
  }
}

async function run(options: Options): Promise<void> {
  if (options.only !== undefined && options.only !== "evaluate" && options.only !== "site")
    throw optionError("--only", "evaluate or site", options.only);
  const progress = (): ProgressLine => progressLine("demo", { mode: options.quiet === true ? "quiet" : "shown" });
  if (options.only !== "site") await evaluatePart(path.resolve(options.out), progress());
  if (options.only !== "evaluate") {
    process.stdout.write("\n");
    await sitePart(options, progress());
  }
}

export function demoCommand(): Command {
  return new Command("demo")
    .description("Synthetic data, predictions, evaluation and ranking, then a living site with two benchmarks.")
    .option("--out <dir>", "where the reports of the first part go", "demo")
    .option("--only <part>", "evaluate (reports on disk, no server) or site")
    .option("--port <n>", "port of the site; 0 takes a free one", "7421")
    .option("--data-dir <dir>", "where the site's data go (kept); default: a temporary folder")
    .option("--keep", "keep the site's data")
    .option("--exit", "end when everything is ranked instead of serving")
    .option("--quiet", "no progress")
    .addHelpText("after", "\nExample:\n  segathlon demo --port 8080\n")
    .action(run);
}
