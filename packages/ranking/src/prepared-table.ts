/**
 * A score table in dense arrays, made once and shared by every scheme, draw and slice. Names are sorted (algorithms, tasks, cases), so
 * that a ranking does not depend on the order of the rows; the order of first appearance is kept for the replay of challengeR's draws.
 */
import type { CaseAttributes, MetricColumn, ScoreStatus, ScoreTable } from "./score-table.ts";
import { sha256 } from "./sha256.ts";
import { type ScoreTableProblem, scoreLimit, validateScoreTable } from "./validate-score-table.ts";

export const statusCode = { ok: 0, "reference-absent": 1, "prediction-failed": 2, "not-submitted": 3 } as const;

/** The scores of one region and one metric: algorithms x cases, row by row. */
export interface ScoreLayer {
  /** Index into the task's regions. */
  readonly region: number;
  /** Index into the table's metrics. */
  readonly metric: number;
  /** The score where the status is ok, the case's own worst value where it is given and the prediction failed, else NaN. */
  readonly values: Float64Array;
  /** By {@link statusCode}. */
  readonly status: Uint8Array;
}

export interface PreparedTask {
  readonly id: string;
  readonly cases: readonly string[];
  /** Case indices in the order in which the rows name them. */
  readonly appearance: Int32Array;
  readonly regions: readonly string[];
  readonly attributes: readonly CaseAttributes[];
  readonly layers: readonly ScoreLayer[];
}

export interface PreparedTable {
  readonly kind: "prepared";
  readonly algorithms: readonly string[];
  readonly metrics: readonly MetricColumn[];
  readonly tasks: readonly PreparedTask[];
  /** `sha256:` over names, directions, worst values, scores and statuses; independent of the order of the rows. */
  readonly hash: string;
}

/** Thrown when a table that cannot be ranked is given; carries every problem as data. */
export class ScoreTableError extends RangeError {
  override readonly name = "ScoreTableError";
  readonly problems: readonly ScoreTableProblem[];

  constructor(problems: readonly ScoreTableProblem[]) {
    super(problems.map((problem) => problem.message).join("\n"));
    this.problems = problems;
  }
}

/** Plain code-unit order: the same on every machine and in every language. */
export const compareNames = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface TaskNames {
  readonly cases: Map<string, number>;
  readonly regions: Map<string, number>;
  readonly metrics: Set<number>;
}

/**
 * Checks a table ({@link validateScoreTable}) and turns it into dense arrays. A score without a row is `not-submitted`.
 *
 * @throws ScoreTableError when the table has problems
 */
export function prepareScoreTable(table: ScoreTable): PreparedTable {
  const problems = validateScoreTable(table).filter((problem) => problem.severity === "error");
  if (problems.length > 0) throw new ScoreTableError(problems);
  const algorithms = [...new Set(table.rows.map((row) => row.algorithm))].sort(compareNames);
  const metricIndex = new Map(table.metrics.map((metric, index) => [metric.key, index]));
  const names = new Map<string, TaskNames>();
  for (const row of table.rows) {
    let task = names.get(row.task);
    if (task === undefined) {
      task = { cases: new Map(), regions: new Map(), metrics: new Set() };
      names.set(row.task, task);
    }
    if (!task.cases.has(row.case)) task.cases.set(row.case, task.cases.size);
    if (!task.regions.has(row.region)) task.regions.set(row.region, task.regions.size);
    task.metrics.add(metricIndex.get(row.metric) as number);
  }
  let scores = 0;
  for (const task of names.values())
    scores += algorithms.length * task.cases.size * task.regions.size * task.metrics.size;
  if (scores > scoreLimit)
    throw new ScoreTableError([
      {
        code: "too-large",
        severity: "error",
        message: `the table has room for ${scores} scores; the limit is ${scoreLimit}`,
        hint: "Rank fewer algorithms, regions or tasks at once.",
        where: {},
      },
    ]);
  const taskIds = [...names.keys()].sort(compareNames);
  const tasks = taskIds.map((id) => emptyTask(id, names.get(id) as TaskNames, algorithms.length, table));
  fill(table, algorithms, metricIndex, tasks);
  const metrics = table.metrics;
  return { kind: "prepared", algorithms, metrics, tasks, hash: hashOf(algorithms, metrics, tasks) };
}

function emptyTask(id: string, names: TaskNames, algorithms: number, table: ScoreTable): PreparedTask {
  const appeared = [...names.cases.keys()];
  const cases = [...appeared].sort(compareNames);
  const position = new Map(cases.map((name, index) => [name, index]));
  const layers: ScoreLayer[] = [];
  for (let region = 0; region < names.regions.size; region++)
    for (const metric of [...names.metrics].sort((a, b) => a - b))
      layers.push({
        region,
        metric,
        values: new Float64Array(algorithms * cases.length).fill(Number.NaN),
        status: new Uint8Array(algorithms * cases.length).fill(statusCode["not-submitted"]),
      });
  return {
    id,
    cases,
    appearance: Int32Array.from(appeared, (name) => position.get(name) as number),
    regions: [...names.regions.keys()],
    attributes: cases.map((name) => attributesOfCase(table, id, name)),
    layers,
  };
}

/** An object without a prototype: an attribute, a task or a case may be called `constructor`. */
export function plainAttributes(attributes: CaseAttributes): CaseAttributes {
  return Object.assign(Object.create(null) as Record<string, string | number>, attributes);
}

function attributesOfCase({ attributes }: ScoreTable, task: string, name: string): CaseAttributes {
  const ofTask = attributes !== undefined && Object.hasOwn(attributes, task) ? attributes[task] : undefined;
  const own = ofTask !== undefined && Object.hasOwn(ofTask, name) ? ofTask[name] : undefined;
  return plainAttributes(own ?? {});
}

function fill(
  table: ScoreTable,
  algorithms: readonly string[],
  metricIndex: ReadonlyMap<string, number>,
  tasks: readonly PreparedTask[],
): void {
  const algorithmIndex = new Map(algorithms.map((name, index) => [name, index]));
  const places = new Map(
    tasks.map((task) => [
      task.id,
      {
        cases: new Map(task.cases.map((name, index) => [name, index])),
        layers: new Map(
          task.layers.map((layer) => [`${layer.metric} ${task.regions[layer.region] ?? ""}`, layer] as const),
        ),
      },
    ]),
  );
  for (const row of table.rows) {
    const place = places.get(row.task);
    const layer = place?.layers.get(`${metricIndex.get(row.metric) ?? -1} ${row.region}`);
    const caseIndex = place?.cases.get(row.case);
    const algorithm = algorithmIndex.get(row.algorithm);
    if (place === undefined || layer === undefined || caseIndex === undefined || algorithm === undefined)
      throw new TypeError("prepareScoreTable: a row without a place");
    const cell = algorithm * place.cases.size + caseIndex;
    layer.status[cell] = statusCode[row.status];
    // -0 and 0 are one score, and must have one hash.
    const value = row.status === "prediction-failed" ? row.worst : row.value;
    if (value !== null && value !== undefined) layer.values[cell] = value + 0;
  }
}

function hashOf(
  algorithms: readonly string[],
  metrics: readonly MetricColumn[],
  tasks: readonly PreparedTask[],
): string {
  const header = JSON.stringify([
    algorithms,
    [...metrics].sort((a, b) => compareNames(a.key, b.key)).map(({ key, direction, worst }) => [key, direction, worst]),
    tasks.map((task) => [
      task.id,
      task.cases,
      [...task.regions].sort(compareNames),
      task.attributes.map(sortedEntries),
    ]),
  ]);
  const layers = tasks.flatMap((task) =>
    [...task.layers].sort(
      (a, b) =>
        compareNames(task.regions[a.region] as string, task.regions[b.region] as string) ||
        compareNames((metrics[a.metric] as MetricColumn).key, (metrics[b.metric] as MetricColumn).key),
    ),
  );
  const text = new TextEncoder().encode(header);
  const scores = layers.reduce((total, layer) => total + layer.values.length, 0);
  const bytes = new Uint8Array(text.length + 9 * scores);
  bytes.set(text);
  const view = new DataView(bytes.buffer);
  let offset = text.length;
  for (const { values, status } of layers) {
    for (let i = 0; i < values.length; i++, offset += 8)
      view.setFloat64(offset, Number.isNaN(values[i]) ? 0 : (values[i] as number), true);
    bytes.set(status, offset);
    offset += status.length;
  }
  return `sha256:${sha256(bytes)}`;
}

function sortedEntries(attributes: CaseAttributes): readonly (readonly [string, string | number])[] {
  return Object.entries(attributes).sort(([a], [b]) => compareNames(a, b));
}

/** The status of a cell by name. */
export function statusName(code: number): ScoreStatus {
  for (const [name, value] of Object.entries(statusCode)) if (value === code) return name as ScoreStatus;
  throw new RangeError(`statusName: ${code}`);
}
