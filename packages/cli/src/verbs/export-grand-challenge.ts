/**
 * For grand-challenge: `metrics.json` of every entry of a phase, and the recipe of an evaluation container for its convention
 * (`/input/predictions.json`, references at `/opt/ml/input/data/ground_truth`, result at `/output/metrics.json`) whose evaluator is
 * `segathlon evaluate`. So an organiser can use this evaluator without leaving the platform.
 */
import type { EvaluationView } from "@segathlon/server/api";
import type { Connection } from "./credentials.ts";
import type { ExportFiles } from "./export-files.ts";

interface CaseOfDocument {
  readonly case: string;
  readonly regions: Readonly<Record<string, { readonly scores: Readonly<Record<string, number | null>> }>>;
}

/** `case` (by metric, then case) and `aggregates`, as the platform's leaderboards read them by JSON path. */
export function grandChallengeMetrics(view: EvaluationView): Record<string, unknown> {
  const cases: Record<string, Record<string, number | null>> = {};
  const aggregates: Record<string, Record<string, number | null>> = {};
  for (const [task, { aggregate, document }] of Object.entries(view.tasks)) {
    for (const [region, metrics] of Object.entries(aggregate))
      for (const [metric, value] of Object.entries(metrics))
        aggregates[`${task}.${region}.${metric}`] = { mean: value.mean, std: value.sd, n: value.n };
    for (const one of (document as { cases?: readonly CaseOfDocument[] } | null)?.cases ?? [])
      for (const [region, { scores }] of Object.entries(one.regions))
        for (const [metric, score] of Object.entries(scores)) {
          const key = `${task}.${region}.${metric}`;
          cases[key] = { ...cases[key], [one.case]: score };
        }
  }
  return { case: cases, aggregates };
}

const dockerfile = (version: string): string => `FROM node:24-slim
RUN npm install --global segathlon@${version}
WORKDIR /opt/app
COPY evaluate.mjs benchmark.json ./
USER node
ENTRYPOINT ["node", "/opt/app/evaluate.mjs"]
`;

/** Runs inside the container. Case identity is the name of the input image; older packs say \`interface\` instead of \`socket\`. */
const evaluator = `import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
const task = TASK;
const jobs = JSON.parse(readFileSync("/input/predictions.json", "utf8"));
const folder = mkdtempSync(join(tmpdir(), "predictions-"));
const nameOf = (file) => basename(file).replace(/\\.(nii\\.gz|nii|mha|nrrd)$/i, "");
const ending = (file) => (/\\.(nii\\.gz|nii|mha|nrrd)$/i.exec(file) ?? [""])[0];
for (const job of jobs) {
  if (job.status !== "Succeeded") continue;
  const image = job.inputs.find((entry) => entry.image)?.image.name;
  const output = job.outputs.find((entry) => entry.image);
  if (!image || !output) throw new Error("job " + job.pk + " has no image");
  const place = join("/input", String(job.pk), "output", (output.socket ?? output.interface).relative_path);
  const [file] = readdirSync(place).filter((name) => ending(name) !== "");
  if (!file) continue;
  copyFileSync(join(place, file), join(folder, nameOf(image) + ending(file)));
}
mkdirSync("/output", { recursive: true });
const out = join(tmpdir(), "evaluation.json");
const run = spawnSync("segathlon", ["evaluate", "--reference", "/opt/ml/input/data/ground_truth", "--prediction", folder, "--task", "/opt/app/benchmark.json#" + task, "--out", out, "--quiet"], { stdio: "inherit" });
if (run.status === 2 || run.status === null) process.exit(1);
const { aggregate, cases } = JSON.parse(readFileSync(out, "utf8"));
const result = { case: {}, aggregates: {} };
for (const [region, metrics] of Object.entries(aggregate))
  for (const [metric, value] of Object.entries(metrics)) result.aggregates[region + "_" + metric] = { mean: value.mean, std: value.sd, n: value.n };
for (const one of cases)
  for (const [region, { scores }] of Object.entries(one.regions))
    for (const [metric, score] of Object.entries(scores)) (result.case[region + "_" + metric] ??= {})[one.case] = score;
writeFileSync("/output/metrics.json", JSON.stringify(result));
`;

/** The files. Needs an organiser's key for scores of single cases. */
export async function grandChallengeFiles({ client }: Connection, id: string, phase: string): Promise<ExportFiles> {
  const benchmark = await client.call("getBenchmark", { params: { benchmark: id } });
  const board = await client.call("getLeaderboard", { params: { benchmark: id, phase } });
  const files: Record<string, string> = {};
  for (const entry of board.entries) {
    const view = await client.call("getEvaluation", { params: { submission: entry.submission } });
    files[`submissions/${entry.submission}/metrics.json`] = JSON.stringify(grandChallengeMetrics(view), null, 1);
  }
  const { tasks, ...rest } = (benchmark.document ?? {}) as { tasks?: Record<string, unknown>[] };
  const document = JSON.stringify({ ...rest, tasks: (tasks ?? []).map(({ data: _, ...task }) => task) }, null, 1);
  for (const task of benchmark.taskList) {
    files[`evaluation/${task.id}/Dockerfile`] = dockerfile(benchmark.evaluatorVersion);
    files[`evaluation/${task.id}/evaluate.mjs`] = evaluator.replace("TASK", JSON.stringify(task.id));
    files[`evaluation/${task.id}/benchmark.json`] = document;
  }
  return files;
}
