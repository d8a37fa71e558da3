/**
 * A Codabench v2 bundle (codalab/codabench, documentation "Competition bundle structure"): the same phases, quotas and columns, scored
 * by `segathlon evaluate`. Zip the folder's content and upload it. Reference data are not in it: they never leave the server through
 * an export; put the references into `reference_data/` before zipping.
 */
import type { Connection } from "./credentials.ts";
import type { ExportFiles } from "./export-files.ts";

const flow = (value: unknown): string => JSON.stringify(value);

/** Runs inside Codabench's container: evaluates, then writes the flat `scores.json` without missing numbers. */
const scorer = `import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
const [input, output] = process.argv.slice(2);
const tasks = JSON.parse(readFileSync(new URL("tasks.json", import.meta.url), "utf8"));
const scores = {};
for (const task of tasks) {
  const out = output + "/" + task + ".evaluation.json";
  const document = new URL("benchmark.json", import.meta.url).pathname + "#" + task;
  const references = tasks.length === 1 ? input + "/ref" : input + "/ref/" + task;
  const predictions = tasks.length === 1 ? input + "/res" : input + "/res/" + task;
  const run = spawnSync("npx", ["--yes", "segathlon@VERSION", "evaluate", "--reference", references, "--prediction", predictions, "--task", document, "--out", out], { stdio: "inherit" });
  if (run.status === 2 || run.status === null) process.exit(1);
  const { aggregate } = JSON.parse(readFileSync(out, "utf8"));
  for (const [region, metrics] of Object.entries(aggregate))
    for (const [metric, value] of Object.entries(metrics))
      if (value.mean !== null) scores[(task + "_" + region + "_" + metric).replace(/[^A-Za-z0-9_]+/g, "_")] = value.mean;
}
writeFileSync(output + "/scores.json", JSON.stringify(scores));
`;

/** The files of the bundle. Needs an organiser's key: the whole document is in it. */
export async function codabenchFiles({ client }: Connection, id: string): Promise<ExportFiles> {
  const benchmark = await client.call("getBenchmark", { params: { benchmark: id } });
  const phases = await client.call("listPhases", { params: { benchmark: id } });
  const columns = benchmark.taskList.flatMap((task) =>
    Object.keys(task.regions).flatMap((region) =>
      task.metrics
        .filter((metric) => metric.direction !== "none")
        .map((metric) => ({
          title: `${task.id} ${region} ${metric.key}`,
          key: `${task.id}_${region}_${metric.key}`.replace(/[^A-Za-z0-9_]+/g, "_"),
          sorting: metric.direction === "higher-is-better" ? "desc" : "asc",
        })),
    ),
  );
  const competition = [
    "version: 2",
    `title: ${flow(benchmark.title)}`,
    `description: ${flow(benchmark.description ?? "")}`,
    "image: logo.svg",
    "terms: terms.md",
    "docker_image: node:24-slim",
    "pages:",
    "  - { title: Overview, file: overview.md }",
    "tasks:",
    `  - { index: 0, name: ${flow(benchmark.id)}, scoring_program: scoring_program, reference_data: reference_data }`,
    "phases:",
    ...phases.map(
      (phase, index) =>
        `  - ${flow({ index, name: phase.title, start: (phase.opens ?? benchmark.createdAt).slice(0, 10), ...(phase.closes === null ? {} : { end: phase.closes.slice(0, 10) }), ...(phase.quota.total === null ? {} : { max_submissions: phase.quota.total }), ...(phase.quota.perDay === null ? {} : { max_submissions_per_day: phase.quota.perDay }), hide_output: phase.feedback.level !== "per-case", tasks: [0] })}`,
    ),
    "leaderboards:",
    "  - title: Results",
    "    key: results",
    "    submission_rule: Force_Last",
    "    columns:",
    ...columns.map((column, index) => `      - ${flow({ ...column, index, precision: 3 })}`),
    "",
  ].join("\n");
  const { tasks, ...rest } = (benchmark.document ?? {}) as { tasks?: Record<string, unknown>[] };
  // Without the place of the data on the organiser's machine.
  const document = { ...rest, tasks: (tasks ?? []).map(({ data: _, ...task }) => task) };
  return {
    "competition.yaml": competition,
    "terms.md": `${benchmark.dataUseAgreement ?? "See the organiser's terms."}\n`,
    "overview.md": `# ${benchmark.title}\n\n${benchmark.description ?? ""}\n`,
    "logo.svg":
      '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><circle cx="32" cy="32" r="28" fill="#0b5cad"/></svg>\n',
    "reference_data/README.md":
      "Put the references here, named like the predictions: one folder per task when there are several tasks.\n",
    "scoring_program/metadata.yaml": "command: node /app/program/score.mjs /app/input /app/output\n",
    "scoring_program/score.mjs": scorer.replace("VERSION", benchmark.evaluatorVersion),
    "scoring_program/tasks.json": JSON.stringify(benchmark.taskList.map((task) => task.id)),
    "scoring_program/benchmark.json": JSON.stringify(document, null, 1),
  };
}
