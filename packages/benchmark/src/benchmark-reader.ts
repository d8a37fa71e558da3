/**
 * Reading `benchmark.yaml` (YAML 1.2 core schema; JSON is YAML): schema, then the rules between fields that a schema cannot say.
 * Aliases, tags and repeated keys are refused: a benchmark needs none of them, and each is a way to hide something or to make a
 * small file large.
 */
import { SegathlonError } from "@segathlon/errors";
import { type Document, isNode, LineCounter, parseDocument, visit } from "yaml";
import type { z } from "zod";
import { type BenchmarkDocument, benchmarkDocumentSchema } from "./benchmark-document.ts";

/** Longest document that is looked at, in characters. */
export const maxDocumentLength = 1_000_000;

function documentError(file: string, message: string, place: { field?: string; line?: number } = {}): SegathlonError {
  const at = place.line === undefined ? file : `${file}, line ${place.line}`;
  return new SegathlonError("SEG100", `${at}: ${message}`, { where: { file, ...place } });
}

/** One-based line of a value, or of the closest value around it that the document has. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}

/**
 * Parses YAML or JSON text against a schema.
 *
 * @throws SegathlonError `SEG100`, naming file, line and field of the first fault and how many more there are.
 */
export function parseYamlDocument<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  file: string,
): { value: z.output<Schema>; lineOf(path: readonly PropertyKey[]): number | undefined } {
  if (text.length > maxDocumentLength) {
    throw documentError(file, `expected at most ${maxDocumentLength} characters, found ${text.length}`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { version: "1.2", schema: "core", uniqueKeys: true, lineCounter: lines });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault)
    throw documentError(file, fault.message.split("\n")[0] ?? fault.code, { line: lines.linePos(fault.pos[0]).line });
  visit(document, {
    Alias(_key, node) {
      const line = node.range ? lines.linePos(node.range[0]).line : undefined;
      throw documentError(file, "YAML aliases are not accepted", line === undefined ? {} : { line });
    },
    Pair(_key, pair) {
      const key = String(pair.key);
      if (key === "__proto__" || key === "<<") throw documentError(file, `the key ${key} is not accepted`);
    },
  });
  const result = schema.safeParse(document.toJS());
  const place = (path: readonly PropertyKey[]): number | undefined => lineOf(document, lines, path);
  if (result.success) return { value: result.data, lineOf: place };
  const issue = result.error.issues[0];
  const field = issue?.path.map(String).join(".") ?? "";
  const line = place(issue?.path ?? []);
  const more = result.error.issues.length > 1 ? ` (and ${result.error.issues.length - 1} more faults)` : "";
  throw documentError(file, `${field || "document"}: ${issue?.message ?? "does not follow its schema"}${more}`, {
    field,
    ...(line === undefined ? {} : { line }),
  });
}

/**
 * Reads a benchmark document.
 *
 * @throws SegathlonError `SEG100` when it does not follow the schema, when a region names a label that the task does not have, a
 * tolerance names no region, a phase names no task, or an id comes twice.
 *
 * @example
 * ```ts
 * const { tasks, protocol } = parseBenchmark(await readFile("benchmark.yaml", "utf8"), "benchmark.yaml");
 * ```
 */
export function parseBenchmark(text: string, file = "benchmark.yaml"): BenchmarkDocument {
  const { value, lineOf } = parseYamlDocument(text, benchmarkDocumentSchema, file);
  const fail = (path: (string | number)[], message: string): SegathlonError => {
    const line = lineOf(path);
    return documentError(file, `${path.join(".")}: ${message}`, {
      field: path.join("."),
      ...(line === undefined ? {} : { line }),
    });
  };
  const taskIds = value.tasks.map((task) => task.id);
  for (const [index, task] of value.tasks.entries()) {
    if (taskIds.indexOf(task.id) !== index) throw fail(["tasks", index, "id"], `the task ${task.id} comes twice`);
    const values = Object.values(task.labels);
    const twice = values.find((label, at) => values.indexOf(label) !== at);
    if (twice !== undefined) throw fail(["tasks", index, "labels"], `two labels have the value ${twice}`);
    for (const [region, labels] of Object.entries(task.regions)) {
      const unknown = labels.find((label) => !values.includes(label));
      if (unknown === undefined) continue;
      throw fail(
        ["tasks", index, "regions", region],
        `expected labels of the task (${values.join(", ")}), found ${unknown}`,
      );
    }
    checkTolerances(task.tolerance_mm, Object.keys(task.regions), (region) =>
      fail(["tasks", index, "tolerance_mm", region], `no region of this task is called ${region}`),
    );
  }
  for (const [index, entry] of value.protocol.metrics.entries()) {
    if (typeof entry === "string" || Array.isArray(entry.nsd.tolerance_mm)) continue;
    const regions = value.tasks.flatMap((task) => Object.keys(task.regions));
    checkTolerances(entry.nsd.tolerance_mm, regions, (region) =>
      fail(["protocol", "metrics", index, "nsd", "tolerance_mm", region], `no region is called ${region}`),
    );
  }
  const phaseIds = value.phases.map((phase) => phase.id);
  for (const [index, phase] of value.phases.entries()) {
    if (phaseIds.indexOf(phase.id) !== index) throw fail(["phases", index, "id"], `the phase ${phase.id} comes twice`);
    const unknown = phase.tasks.findIndex((id) => !taskIds.includes(id));
    if (unknown >= 0) throw fail(["phases", index, "tasks", unknown], `no task is called ${phase.tasks[unknown]}`);
  }
  return value;
}

function checkTolerances(
  tolerance: number | Record<string, number> | undefined,
  regions: readonly string[],
  fail: (region: string) => SegathlonError,
): void {
  if (tolerance === undefined || typeof tolerance === "number") return;
  const unknown = Object.keys(tolerance).find((region) => !regions.includes(region));
  if (unknown !== undefined) throw fail(unknown);
}
