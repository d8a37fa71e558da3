/** `segathlon rank`: evaluations or a CSV of scores to a ranking with its uncertainty (docs/ranking.md). */
import { checkOutputFiles, readTextFile, writeOutputFile } from "@segathlon/benchmark/node";
import { SegathlonError } from "@segathlon/errors";
import {
  type BootstrapDraws,
  type BootstrapOptions,
  type MetricColumn,
  type PreparedTable,
  parseScheme,
  planBootstrap,
  prepareScoreTable,
  type RankingDocument,
  type RankingScheme,
  type Resampling,
  rankTable,
  SchemeMismatchError,
  type ScoreTable,
  ScoreTableError,
  schemePreset,
  schemePresets,
  selectTable,
  type TableSelection,
  writeChallengerCsv,
} from "@segathlon/ranking";
import { Command } from "commander";
import { optionError, wholeNumber } from "../option-values.ts";
import { progressLine } from "../progress-line.ts";
import { readScores } from "./rank-input.ts";
import { rankingCsv, rankingText } from "./rank-text.ts";
import { bootstrapOnThreads, sensibleWorkers } from "./rank-workers.ts";

interface Options {
  readonly scheme: string;
  readonly metric: string;
  readonly direction?: string;
  readonly cases?: string;
  readonly tasks?: string;
  readonly regions?: string;
  readonly metrics?: string;
  readonly where?: string;
  readonly bootstrap: string;
  readonly seed: string;
  readonly resampling: string;
  readonly group: string;
  readonly replay?: string;
  readonly workers?: string;
  readonly out?: string;
  readonly csv?: string;
  readonly challengerCsv?: string;
  readonly html?: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** A preset by name, or a scheme document from a JSON file. */
async function schemeOf(name: string): Promise<RankingScheme> {
  const preset = schemePreset(name);
  if (preset !== undefined) return preset;
  if (!/\.json$/i.test(name))
    throw new SegathlonError("SEG301", `no scheme ${name}; there is ${schemePresets.map(({ id }) => id).join(", ")}`, {
      where: { field: "--scheme" },
    });
  let value: unknown;
  try {
    value = JSON.parse(await readTextFile(name));
  } catch (cause) {
    if (cause instanceof SegathlonError) throw cause;
    throw new SegathlonError("SEG301", `${name}: is not JSON`, { where: { file: name }, cause });
  }
  const result = parseScheme(value);
  if (result.status === "ok") return result.scheme;
  const [first] = result.problems;
  throw new SegathlonError("SEG301", `${name}: ${first?.field}: ${first?.message}`, {
    hint: "docs/ranking.md describes the fields of a scheme.",
    where: { file: name, ...(first === undefined ? {} : { field: first.field }) },
  });
}

function selectionOf(options: Options): TableSelection | undefined {
  const list = (text: string | undefined) => text?.split(",").map((part) => part.trim());
  const tasks = list(options.tasks);
  const regions = list(options.regions);
  const metrics = list(options.metrics);
  const attributes = options.where === undefined ? undefined : attributesOf(options.where);
  if (tasks === undefined && regions === undefined && metrics === undefined && attributes === undefined)
    return undefined;
  return {
    ...(tasks === undefined ? {} : { tasks }),
    ...(regions === undefined ? {} : { regions }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(attributes === undefined ? {} : { attributes }),
  };
}

function attributesOf(text: string): Record<string, string | number> {
  const attributes = new Map<string, string | number>();
  for (const part of text.split(",")) {
    const [key = "", ...rest] = part.split("=");
    const value = rest.join("=").trim();
    if (key.trim() === "" || value === "") throw optionError("--where", "attribute=value,...", text);
    attributes.set(key.trim(), /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value) ? Number(value) : value);
  }
  return Object.fromEntries(attributes);
}

function directionOf(text: string | undefined): MetricColumn["direction"] | undefined {
  if (text === undefined || text === "higher-is-better" || text === "lower-is-better") return text;
  throw optionError("--direction", "higher-is-better or lower-is-better", text);
}

function bootstrapOf(options: Options): BootstrapOptions | null {
  const draws = wholeNumber("--bootstrap", options.bootstrap, 0);
  if (draws === 0) return null;
  const { resampling, replay } = options;
  const known: readonly Resampling[] = ["cases", "stratified", "groups-then-cases"];
  const chosen = known.find((name) => name === resampling);
  if (chosen === undefined) throw optionError("--resampling", known.join(", "), resampling);
  if (replay !== undefined && replay !== "challengeR-1.0.5") throw optionError("--replay", "challengeR-1.0.5", replay);
  return {
    draws,
    seed: wholeNumber("--seed", options.seed, 0),
    resampling: chosen,
    group: options.group,
    ...(replay === undefined ? {} : { generator: "lecuyer-cmrg", compat: replay }),
  };
}

/** Problems of the pure core, as errors that a person can act on. */
function explained(error: unknown): unknown {
  if (error instanceof ScoreTableError) {
    const [first] = error.problems;
    const more = error.problems.length > 1 ? ` (and ${error.problems.length - 1} more problems)` : "";
    return new SegathlonError("SEG300", `${first?.message}${more}`, {
      ...(first === undefined ? {} : { hint: first.hint }),
      cause: error,
    });
  }
  if (error instanceof SchemeMismatchError) return new SegathlonError("SEG304", error.message, { cause: error });
  if (error instanceof RangeError) return new SegathlonError("SEG300", error.message, { cause: error });
  return error;
}

interface Ranked {
  readonly document: RankingDocument;
  readonly draws: BootstrapDraws | null;
  readonly bootstrap: BootstrapOptions | null;
}

async function ranking(table: PreparedTable, scheme: RankingScheme, options: Options): Promise<Ranked> {
  const selection = selectionOf(options);
  const bootstrap = bootstrapOf(options);
  const seed = wholeNumber("--seed", options.seed, 0);
  const document = rankTable(table, scheme, { seed, ...(selection === undefined ? {} : { selection }) });
  if (bootstrap === null || document.algorithms.length === 0) return { document, draws: null, bootstrap };
  const selected = selection === undefined ? table : selectTable(table, selection);
  const plan = planBootstrap(selected, scheme, bootstrap);
  const workers = options.workers === undefined ? sensibleWorkers(plan) : wholeNumber("--workers", options.workers, 1);
  const line = progressLine("bootstrap", { mode: options.quiet ? "quiet" : "shown" });
  try {
    const done = await bootstrapOnThreads(document, plan, selected, workers, (drawn, total) =>
      line.update({ share: drawn / total, text: `${drawn} of ${total} draws` }),
    );
    return { ...done, bootstrap };
  } finally {
    line.end();
  }
}

/** The scores of one metric and region as challengeR's CSV; asked for before anything is written, because it can be refused. */
function challengerScores(table: ScoreTable, options: Options): string {
  const metrics = [...new Set(table.rows.map((row) => row.metric))];
  const regions = [...new Set(table.rows.map((row) => row.region))];
  const metric = options.metrics ?? metrics[0];
  const region = options.regions ?? regions[0];
  const isOne = (wanted: string | undefined, all: readonly string[]): boolean =>
    wanted !== undefined && all.includes(wanted);
  if (
    !isOne(metric, metrics) ||
    !isOne(region, regions) ||
    (options.metrics === undefined && metrics.length > 1) ||
    (options.regions === undefined && regions.length > 1)
  )
    throw new SegathlonError("SEG300", "--challenger-csv holds one metric of one region", {
      hint: `Choose with --metrics (${metrics.join(", ")}) and --regions (${regions.join(", ")}).`,
    });
  return writeChallengerCsv(table, { metric: metric as string, region: region as string });
}

async function rank(files: readonly string[], options: Options): Promise<void> {
  const scheme = await schemeOf(options.scheme);
  const direction = directionOf(options.direction);
  await checkOutputFiles(
    { "--out": options.out, "--csv": options.csv, "--challenger-csv": options.challengerCsv, "--html": options.html },
    [...files, options.scheme, options.cases].filter((file) => file !== undefined),
  );
  const scores = await readScores(files, {
    metric: options.metric,
    ...(direction === undefined ? {} : { direction }),
    ...(options.cases === undefined ? {} : { cases: options.cases }),
  });
  const challenger = options.challengerCsv === undefined ? "" : challengerScores(scores, options);
  let ranked: Ranked;
  let table: PreparedTable;
  try {
    table = prepareScoreTable(scores);
    ranked = await ranking(table, scheme, options);
  } catch (error) {
    throw explained(error);
  }
  const { document } = ranked;
  if (options.out !== undefined) await writeOutputFile(options.out, `${JSON.stringify(document, null, 2)}\n`);
  if (options.csv !== undefined) await writeOutputFile(options.csv, rankingCsv(document));
  if (options.challengerCsv !== undefined) await writeOutputFile(options.challengerCsv, challenger);
  if (options.html !== undefined) {
    const { rankReport } = await import("./rank-report.ts");
    await writeOutputFile(options.html, rankReport({ table, ...ranked }));
  }
  if (options.json) process.stdout.write(`${JSON.stringify(document)}\n`);
  else if (!options.quiet) process.stdout.write(rankingText(document));
  if (document.overall.ranking.some((entry) => entry.rank === null)) process.exitCode = 1;
}

/** The verb with its options and help. */
export function rankCommand(): Command {
  return new Command("rank")
    .description("Rank methods from their evaluations, with intervals, tests and stability.")
    .argument(
      "<files...>",
      "evaluation.json files, one per method and task, or one challengeR CSV (task, case, alg_name, value)",
    )
    .option("--scheme <id|file.json>", "ranking scheme (list below), or a document of your own", "mean-then-rank")
    .option("--metric <name>", "of a CSV: the metric of its values", "dice")
    .option("--direction <which>", "of a CSV: higher-is-better or lower-is-better (default: known from the metric)")
    .option("--cases <file.csv>", "case attributes (centre, scanner ...), where the scores carry none")
    .option("--tasks <list>", "only these tasks")
    .option("--regions <list>", "only these regions")
    .option("--metrics <list>", "only these metrics, such as dice,nsd@1")
    .option("--where <list>", "only cases with these attributes, such as centre=A,modality=CT")
    .option("--bootstrap <draws>", "number of bootstrap draws; 0: none", "1000")
    .option("--seed <n>", "seed of everything drawn", "1")
    .option("--resampling <what>", "cases, stratified (within groups) or groups-then-cases", "cases")
    .option("--group <attribute>", "case attribute that names the groups", "centre")
    .option(
      "--replay <program>",
      'challengeR-1.0.5: its draws (set.seed(seed, kind = "L\'Ecuyer-CMRG")) and its defects',
    )
    .option("--workers <n>", "threads of the bootstrap (default: as many as pay)")
    .option("--out <file.json>", "write the ranking (docs/ranking.md)")
    .option("--csv <file>", "write its tables")
    .option("--challenger-csv <file>", "write the scores of one metric and region as challengeR's CSV")
    .option("--html <file>", "write an interactive report that needs no other file")
    .option("--json", "print the ranking as JSON instead of the tables")
    .option("--quiet", "print neither progress nor tables")
    .addHelpText(
      "after",
      `
Schemes:
${schemePresets.map(({ id, title, certainty }) => `  ${id.padEnd(24)} ${title}${certainty.level === "certain" ? "" : " *"}`).join("\n")}
  * some rule of it could not be read in the primary source; the report says which

Examples:
  segathlon rank nnunet.json unetr.json atlas.json --scheme amos-2022-test --html ranking.html
  segathlon rank scores.csv --metric dice --scheme test-then-rank --bootstrap 1000 --seed 123 --out ranking.json
  segathlon rank *.json --regions liver,spleen --where modality=CT

Exit code: 0 every method is ranked, 1 some method could not be ranked (it is listed with the reason), 2 could not run.`,
    )
    .action(rank);
}
