/** A part of a prepared table: some tasks, regions, metrics, algorithms, or the cases with given attributes. */
import type { PreparedTable, PreparedTask, ScoreLayer } from "./prepared-table.ts";
import type { CaseAttributes } from "./score-table.ts";

/** What to keep; a list that is not given keeps everything. */
export interface TableSelection {
  readonly tasks?: readonly string[];
  readonly regions?: readonly string[];
  /** Metric keys of the table. */
  readonly metrics?: readonly string[];
  readonly algorithms?: readonly string[];
  /** Cases whose attribute has this value; several are combined by "and". */
  readonly attributes?: CaseAttributes;
  /** Case names. */
  readonly cases?: readonly string[];
}

/**
 * The selected part; tasks without a case or layer left are dropped. The hash stays that of the whole table: a document names the
 * table and the selection.
 *
 * @throws RangeError when a name is not in the table, or nothing is left
 */
export function selectTable(table: PreparedTable, selection: TableSelection): PreparedTable {
  refuseUnknown("task", selection.tasks, new Set(table.tasks.map((task) => task.id)));
  refuseUnknown("region", selection.regions, new Set(table.tasks.flatMap((task) => [...task.regions])));
  refuseUnknown("metric", selection.metrics, new Set(table.metrics.map((metric) => metric.key)));
  refuseUnknown("algorithm", selection.algorithms, new Set(table.algorithms));
  const chosen = selection.algorithms === undefined ? null : new Set(selection.algorithms);
  const kept: number[] = [];
  for (const [index, name] of table.algorithms.entries()) if (chosen === null || chosen.has(name)) kept.push(index);
  const tasks = table.tasks
    .filter((task) => selection.tasks === undefined || selection.tasks.includes(task.id))
    .map((task) => selectOfTask(task, selection, table, kept))
    .filter((task) => task.cases.length > 0 && task.layers.length > 0);
  if (tasks.length === 0) {
    const wanted = [
      ...Object.entries(selection.attributes ?? {}).map(([key, value]) => `${key} ${value}`),
      ...(["tasks", "regions", "metrics", "cases"] as const).flatMap((key) =>
        selection[key] === undefined ? [] : [`${key} ${selection[key].join(", ")}`],
      ),
    ];
    throw new RangeError(`selectTable: no case is left: ${wanted.join("; ")}`);
  }
  return { ...table, algorithms: kept.map((index) => table.algorithms[index] as string), tasks };
}

function refuseUnknown(what: string, names: readonly string[] | undefined, known: ReadonlySet<string>): void {
  for (const name of names ?? [])
    if (!known.has(name)) throw new RangeError(`selectTable: no ${what} ${name}; there is ${[...known].join(", ")}`);
}

function selectOfTask(
  task: PreparedTask,
  selection: TableSelection,
  table: PreparedTable,
  algorithms: readonly number[],
): PreparedTask {
  const caseNames = selection.cases === undefined ? null : new Set(selection.cases);
  const wanted = Object.entries(selection.attributes ?? {});
  const cases: number[] = [];
  for (const [index, name] of task.cases.entries()) {
    if (caseNames !== null && !caseNames.has(name)) continue;
    const attributes = task.attributes[index] ?? {};
    if (wanted.every(([key, value]) => attributes[key] === value)) cases.push(index);
  }
  const layers = task.layers.filter(
    (layer) =>
      (selection.regions === undefined || selection.regions.includes(task.regions[layer.region] as string)) &&
      (selection.metrics === undefined || selection.metrics.includes(table.metrics[layer.metric]?.key as string)),
  );
  const everything =
    cases.length === task.cases.length &&
    layers.length === task.layers.length &&
    algorithms.length === table.algorithms.length;
  if (everything) return task;
  const position = new Map(cases.map((old, index) => [old, index]));
  return {
    id: task.id,
    cases: cases.map((index) => task.cases[index] as string),
    appearance: Int32Array.from(
      [...task.appearance].filter((index) => position.has(index)),
      (index) => position.get(index) as number,
    ),
    regions: task.regions,
    attributes: cases.map((index) => task.attributes[index] ?? {}),
    layers: layers.map((layer) => selectOfLayer(layer, task.cases.length, cases, algorithms)),
  };
}

function selectOfLayer(
  layer: ScoreLayer,
  caseCount: number,
  cases: readonly number[],
  algorithms: readonly number[],
): ScoreLayer {
  const values = new Float64Array(algorithms.length * cases.length);
  const status = new Uint8Array(values.length);
  let to = 0;
  for (const algorithm of algorithms)
    for (const caseIndex of cases) {
      const from = algorithm * caseCount + caseIndex;
      values[to] = layer.values[from] as number;
      status[to++] = layer.status[from] as number;
    }
  return { region: layer.region, metric: layer.metric, values, status };
}
