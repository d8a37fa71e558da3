import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { BenchmarkDocument } from "./benchmark-document.ts";
import { parseBenchmark } from "./benchmark-reader.ts";
import { catalogueBenchmark, catalogueBenchmarks, catalogueTask, catalogueTaskIds, taskOf } from "./catalogue.ts";
import { documentSchemas } from "./document-schemas.ts";
import { catalogueModule } from "./node/embed-catalogue.ts";

const root = new URL("../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

test("the embedded catalogue is what the YAML files say", () => {
  const made = catalogueModule();
  const embedded = JSON.parse(made.slice(made.indexOf("= [") + 2, made.lastIndexOf(";")));
  expect(catalogueBenchmarks()).toEqual(embedded);
});

test("the published JSON Schemas are current", () => {
  for (const [name, schema] of Object.entries(documentSchemas())) {
    expect(JSON.parse(read(`schemas/${name}.schema.json`)), name).toEqual(JSON.parse(JSON.stringify(schema)));
  }
});

/** Dotted paths of the figures in a part of a document: every number, checksum, address and rule that somebody could look up. */
function figures(value: unknown, path: string[] = []): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => figures(item, [...path, String(index)]));
  if (typeof value === "object") return Object.entries(value).flatMap(([key, item]) => figures(item, [...path, key]));
  return [path.join(".")];
}

function unsourced(part: Record<string, unknown>, looked: readonly string[]): string[] {
  const sources = Object.keys((part.sources ?? {}) as object);
  return looked
    .flatMap((key) => figures(part[key], [key]))
    .filter((path) => !sources.some((source) => path === source || path.startsWith(`${source}.`)));
}

test("every figure of the catalogue names its source, or is null", () => {
  for (const benchmark of catalogueBenchmarks()) {
    for (const task of benchmark.tasks) {
      const keys = ["channels", "labels", "regions", "tolerance_mm", "file_prefix", "counts", "distribution_by"];
      const archive = { archive: { ...task.archive, name: null }, sources: task.sources };
      expect([...unsourced(task, keys), ...unsourced(archive, ["archive"])], task.id).toEqual([]);
    }
    const { protocol } = benchmark;
    expect(unsourced(protocol, ["profile", "metrics", "policy", "ranking"]), benchmark.benchmark).toEqual([]);
    for (const phase of benchmark.phases) expect(unsourced(phase, ["quota", "absent_task"]), phase.id).toEqual([]);
  }
});

test("what nobody could find is marked assumed", () => {
  const { protocol } = catalogueBenchmark("msd");
  expect(protocol.sources?.["policy.both_empty"]?.mark).toBe("assumed");
  expect(catalogueBenchmark("amos").protocol.sources?.["policy.both_empty"]?.mark).toBe("assumed");
  for (const id of ["amos/task1-ct", "amos/task2-ct-mr"]) {
    expect(catalogueTask(id).task.sources?.tolerance_mm?.mark).toBe("assumed");
  }
});

test("MSD: ten tasks, seventeen regions, two phases, tolerances and quota", () => {
  const msd = catalogueBenchmark("msd");
  const regionCount = (ids: readonly string[]): number =>
    msd.tasks.filter((task) => ids.includes(task.id)).reduce((sum, task) => sum + Object.keys(task.regions).length, 0);
  expect(msd.tasks.map((task) => task.tolerance_mm)).toEqual([5, 4, 7, 1, 4, 2, 5, 3, 3, 4]);
  expect(msd.phases.map((phase) => [phase.tasks.length, regionCount(phase.tasks)])).toEqual([
    [7, 13],
    [3, 4],
  ]);
  expect(msd.phases.every((phase) => phase.quota !== "unlimited" && phase.quota.total === 15)).toBe(true);
  // Sums over the files of the ten archives, as the facts page lists them.
  const sum = (key: "training" | "test"): number =>
    msd.tasks.reduce((total, task) => total + (task.counts?.[key] ?? 0), 0);
  expect([sum("training"), sum("test")]).toEqual([1741, 887]);
});

test("AMOS: fifteen organs, one-to-one files, three licences that disagree", () => {
  const amos = catalogueBenchmark("amos");
  expect(amos.tasks.map((task) => Object.keys(task.regions).length)).toEqual([15, 15]);
  expect(amos.tasks.map((task) => task.counts?.validation)).toEqual([100, 120]);
  expect(amos.protocol.policy.missing_prediction).toBe("reject");
  expect(amos.licence_conflicts).toHaveLength(3);
  expect(amos.licence).toBeUndefined();
});

test("unknown names say what there is", () => {
  expect(catalogueTaskIds()).toHaveLength(12);
  expect(() => catalogueTask("msd/liver")).toThrow(/no built-in task is called msd\/liver/);
  try {
    catalogueTask("Task03_Liver");
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: "SEG101", hint: expect.stringContaining("msd/Task03_Liver") });
  }
  expect(() => catalogueBenchmark("x")).toThrow(/there are amos, msd/);
  expect(() => taskOf(catalogueBenchmark("msd"), null, "msd.yaml")).toThrow(/several tasks/);
});

const small = `benchmark: small
title: Small
tasks:
  - id: t
    channels: [CT]
    labels: { background: 0, organ: 1 }
    regions: { organ: [1] }
protocol:
  metrics: [dice, { nsd: { tolerance_mm: 3 } }]
phases:
  - { id: live, tasks: [t] }
`;

test("a small document, with its defaults", () => {
  const document: BenchmarkDocument = parseBenchmark(small, "small.yaml");
  expect(document.protocol).toMatchObject({ profile: "deepmind", policy: { both_empty: "best", one_empty: "worst" } });
  expect(document.phases[0]).toMatchObject({ feedback: "aggregate", quota: "unlimited", absent_task: "reject" });
});

test.each([
  ["unknown region label", small.replace("organ: [1]", "organ: [2]"), /line 7: .*found 2/],
  ["unknown task in a phase", small.replace("tasks: [t]", "tasks: [u]"), /no task is called u/],
  ["wrong type", small.replace("[CT]", "CT"), /small\.yaml, line 5: tasks\.0\.channels/],
  ["unknown key", small.replace("title: Small", "title: Small\ncolour: red"), /colour/],
  ["repeated key", small.replace("title: Small", "title: Small\ntitle: Big"), /line 3/],
  ["two labels of one value", small.replace("organ: 1 }", "organ: 1, other: 1 }"), /two labels have the value 1/],
  ["alias bomb", `a: &a [x]\nb: [*a, *a]\n${small}`, /aliases are not accepted/],
  ["tag", small.replace("Small", "!!js/function x"), /line 2/],
  ["prototype key", `${small}__proto__: { x: 1 }\n`, /__proto__ is not accepted/],
  ["not YAML", "{", /small\.yaml/],
  ["too long", " ".repeat(1_000_001), /at most 1000000 characters/],
])("refused: %s", (_name, text, message) => {
  expect(() => parseBenchmark(text, "small.yaml")).toThrow(message);
});
