/** What `segathlon rank` reads: evaluations, or a challengeR CSV. */
import {
  type CaseAttributes,
  type EvaluationSource,
  parseEvaluation,
  readCaseAttributes,
  scoreTableFromEvaluations,
  unnamedTask,
} from "@segathlon/benchmark";
import { readTextFile } from "@segathlon/benchmark/node";
import { SegathlonError } from "@segathlon/errors";
import { directionByName, type MetricColumn, parseChallengerCsv, type ScoreTable } from "@segathlon/ranking";

/** Largest file: 50,000 cases x 20 regions of an evaluation. */
const largestFile = 512 * 1024 * 1024;

export interface RankInputOptions {
  /** Of a CSV: the metric in its column `value`. */
  readonly metric: string;
  readonly direction?: MetricColumn["direction"];
  /** CSV of case attributes, for inputs that carry none. */
  readonly cases?: string;
}

/** Reads the files of a ranking. A CSV stands alone; evaluations are put together. */
export async function readScores(files: readonly string[], options: RankInputOptions): Promise<ScoreTable> {
  const isCsv = (file: string): boolean => /\.(csv|tsv|txt)$/i.test(file);
  const csv = files.find(isCsv);
  const table = csv === undefined ? await readEvaluations(files) : await readChallengerCsv(files, csv, options);
  if (options.cases === undefined) return table;
  return withAttributes(table, readCaseAttributes(await readTextFile(options.cases), options.cases), options.cases);
}

async function readEvaluations(files: readonly string[]): Promise<ScoreTable> {
  const sources: EvaluationSource[] = [];
  for (const file of files) {
    const evaluation = parseEvaluation(await readTextFile(file, largestFile), file);
    // Its method would have no row in the table, and nobody would miss it.
    if (evaluation.cases.length === 0)
      throw new SegathlonError(
        "SEG300",
        `${file}: expected at least one case, found none (method ${evaluation.method})`,
        {
          hint: "Evaluate the method again, or leave the file out.",
          where: { file },
        },
      );
    sources.push({ file, evaluation });
  }
  return scoreTableFromEvaluations(sources);
}

async function readChallengerCsv(
  files: readonly string[],
  file: string,
  options: RankInputOptions,
): Promise<ScoreTable> {
  if (files.length > 1)
    throw new SegathlonError(
      "SEG300",
      `${file}: a CSV holds all algorithms, so it is ranked alone; ${files.length} files were given`,
      {
        hint: "Put all scores into one CSV, or give evaluation.json files only.",
        where: { file },
      },
    );
  const direction = options.direction ?? directionByName(options.metric);
  if (direction === null)
    throw new SegathlonError("SEG300", `${file}: whether a large ${options.metric} is good is not known`, {
      hint: "Say --direction higher-is-better or --direction lower-is-better.",
      where: { file },
    });
  const text = await readTextFile(file, largestFile);
  const result = parseChallengerCsv(text, { metric: options.metric, direction, task: unnamedTask });
  if (result.status === "ok") return result.table;
  const [first] = result.problems;
  const more = result.problems.length > 1 ? ` (and ${result.problems.length - 1} more problems)` : "";
  throw new SegathlonError("SEG300", `${file}, ${first?.message}${more}`, {
    ...(first === undefined ? {} : { hint: first.hint }),
    where: { file },
  });
}

/** Attributes from a table of their own go to the case of that name in every task. */
function withAttributes(table: ScoreTable, byCase: ReadonlyMap<string, CaseAttributes>, file: string): ScoreTable {
  const attributes = new Map<string, Map<string, CaseAttributes>>();
  const used = new Set<string>();
  const known = table.attributes ?? {};
  for (const { task, case: name } of table.rows) {
    const ofTask = attributes.get(task) ?? new Map<string, CaseAttributes>();
    attributes.set(task, ofTask);
    if (ofTask.has(name)) continue;
    const own = byCase.get(name);
    if (own !== undefined) used.add(name);
    const before = Object.hasOwn(known, task) ? known[task] : undefined;
    ofTask.set(name, { ...(before !== undefined && Object.hasOwn(before, name) ? before[name] : {}), ...own });
  }
  const unused = [...byCase.keys()].find((name) => !used.has(name));
  if (unused !== undefined)
    throw new SegathlonError("SEG300", `${file}: case ${unused} is in no score`, {
      hint: "The names in the column `case` must be those of the scores.",
      where: { file, case: unused },
    });
  return {
    ...table,
    attributes: Object.fromEntries([...attributes].map(([task, own]) => [task, Object.fromEntries(own)])),
  };
}
