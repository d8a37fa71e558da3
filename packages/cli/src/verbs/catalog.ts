/** `segathlon catalog`: the built-in benchmarks, what is known about each task and from where, and their data. */
import path from "node:path";
import {
  type BenchmarkDocument,
  catalogueBenchmark,
  catalogueBenchmarks,
  catalogueTask,
  type Task,
  type TaskInBenchmark,
} from "@segathlon/benchmark";
import { downloadDataset } from "@segathlon/benchmark/node";
import { SegathlonError } from "@segathlon/errors";
import { bytesText } from "@segathlon/plots";
import { Command } from "commander";
import pc from "picocolors";
import { progressLine } from "../progress-line.ts";
import { textTable } from "../text-table.ts";

type Source = NonNullable<Task["sources"]>[string];

/** The source of a figure: its own, or that of the part it belongs to. */
function sourceOf(sources: Record<string, Source> | undefined, field: string): Source | undefined {
  for (let path = field; path !== ""; path = path.slice(0, Math.max(0, path.lastIndexOf(".")))) {
    if (sources && Object.hasOwn(sources, path)) return sources[path];
  }
  return undefined;
}

function markText(source: Source | undefined): string {
  if (!source) return "";
  const mark = source.mark === "assumed" ? pc.yellow(source.mark) : source.mark;
  return `${mark}: ${source.source}`;
}

function countText(task: Task): string {
  const { training, validation, test } = task.counts ?? { training: null, validation: null, test: null };
  return [training, validation, test].map((count) => count ?? "?").join(" / ");
}

function toleranceText(task: Task): string {
  const { tolerance_mm: tolerance } = task;
  if (tolerance === undefined) return "-";
  if (typeof tolerance === "number") return String(tolerance);
  return Object.entries(tolerance)
    .map(([region, value]) => `${region} ${value}`)
    .join(", ");
}

function listText(): string {
  const blocks = catalogueBenchmarks().map((benchmark) => {
    const rows = benchmark.tasks.map((task) => [
      `${benchmark.benchmark}/${task.id}`,
      task.title ?? "",
      task.channels.join(", "),
      String(Object.keys(task.regions).length),
      countText(task),
      `${toleranceText(task)}${task.sources?.tolerance_mm?.mark === "assumed" ? " (assumed)" : ""}`,
    ]);
    const [titles = "", ...lines] = textTable(
      [
        { title: "task", align: "left" },
        { title: "what", align: "left" },
        { title: "channels", align: "left" },
        { title: "regions", align: "right" },
        { title: "training / validation / test", align: "right" },
        { title: "NSD tolerance (mm)", align: "right" },
      ],
      rows,
    );
    return [pc.bold(benchmark.title), pc.dim(titles), ...lines].join("\n");
  });
  const next = "segathlon catalog show msd/Task03_Liver   segathlon catalog get msd/Task04_Hippocampus --to data";
  return `${blocks.join("\n\n")}\n\n${pc.dim(next)}\n`;
}

function benchmarkText(benchmark: BenchmarkDocument): string {
  const { protocol } = benchmark;
  const lines = [pc.bold(benchmark.title), benchmark.description ?? "", ""];
  const row = (label: string, value: string, source?: Source): void => {
    lines.push(`${label.padEnd(22)}${value}${source ? pc.dim(`  [${markText(source)}]`) : ""}`);
  };
  row("tasks", benchmark.tasks.map((task) => task.id).join(", "));
  row("licence", benchmark.licence ?? "sources disagree", benchmark.sources?.licence);
  for (const { says, source } of benchmark.licence_conflicts ?? []) row("", `${says} according to ${source}`);
  row("profile", protocol.profile, sourceOf(protocol.sources, "profile"));
  const metrics = protocol.metrics.map((metric) => (typeof metric === "string" ? metric : "nsd")).join(", ");
  row("metrics", metrics, sourceOf(protocol.sources, "metrics"));
  for (const key of ["both_empty", "one_empty", "missing_prediction"] as const) {
    row(key.replaceAll("_", " "), String(protocol.policy[key]), sourceOf(protocol.sources, `policy.${key}`));
  }
  if (protocol.ranking) row("ranking", protocol.ranking.scheme, sourceOf(protocol.sources, "ranking.scheme"));
  for (const phase of benchmark.phases) {
    const quota =
      phase.quota === "unlimited"
        ? "no quota"
        : [phase.quota.per_day && `${phase.quota.per_day} a day`, phase.quota.total && `${phase.quota.total} in total`]
            .filter(Boolean)
            .join(", ");
    row(`phase ${phase.id}`, `${phase.tasks.length} tasks, ${quota}`, phase.sources?.quota);
  }
  row("homepage", benchmark.homepage ?? "-");
  row("cite", benchmark.citation ?? "-");
  return `${lines.join("\n")}\n`;
}

function taskText({ benchmark, task }: TaskInBenchmark): string {
  const lines = [pc.bold(`${benchmark.benchmark}/${task.id}  ${task.title ?? ""}`), task.description ?? "", ""];
  const row = (label: string, value: string, field: string): void => {
    const source = sourceOf(task.sources, field);
    lines.push(`${label.padEnd(22)}${value}${source ? pc.dim(`  [${markText(source)}]`) : ""}`);
  };
  row("channels", task.channels.join(", "), "channels");
  const labels = Object.entries(task.labels).map(([name, value]) => `${value} ${name}`);
  row("labels", labels.join(", "), "labels");
  const regions = Object.entries(task.regions).map(([name, values]) => `${name} (${values.join("+")})`);
  row("regions scored", regions.join(", "), "regions");
  row("training / val / test", countText(task), "counts");
  row("NSD tolerance (mm)", toleranceText(task), "tolerance_mm");
  row("file names", `${task.file_prefix ?? ""}...`, "file_prefix");
  row("licence", task.licence ?? benchmark.licence ?? "sources disagree (see the benchmark)", "licence");
  if (task.distribution_by) row("in distribution by", task.distribution_by.join(", "), "distribution_by");
  if (task.archive) {
    const { archive } = task;
    row(
      "archive",
      `${archive.name}, ${archive.bytes === null ? "size not known" : bytesText(archive.bytes)}`,
      "archive.bytes",
    );
    row("md5", archive.md5 ?? "not known", "archive.md5");
    if (archive.sha256) row("sha256", archive.sha256, "archive.sha256");
    for (const url of archive.urls) row("address", url, "archive.urls");
  }
  return `${lines.join("\n")}\n`;
}

function show(id: string, options: { json?: true }): void {
  const found = id.includes("/") ? catalogueTask(id) : catalogueBenchmark(id);
  if (options.json) process.stdout.write(`${JSON.stringify("task" in found ? found.task : found, null, 2)}\n`);
  else process.stdout.write("task" in found ? taskText(found) : benchmarkText(found));
}

interface GetOptions {
  readonly to: string;
  readonly url?: string[];
  readonly keepArchive?: true;
  readonly quiet?: true;
}

/** The tasks that an id names, one per archive: AMOS has two tasks in one. */
function tasksToGet(id: string): TaskInBenchmark[] {
  if (id.includes("/")) return [catalogueTask(id)];
  const benchmark = catalogueBenchmark(id);
  const archives = new Set<string>();
  return benchmark.tasks.flatMap((task) => {
    if (!task.archive || archives.has(task.archive.name)) return [];
    archives.add(task.archive.name);
    return [{ benchmark, task }];
  });
}

async function get(id: string, options: GetOptions): Promise<void> {
  const stop = new AbortController();
  const onSignal = (): void =>
    stop.abort(new SegathlonError("SEG702", "stopped; the same command goes on where it was"));
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  try {
    for (const found of tasksToGet(id)) {
      let step = "";
      let line = progressLine("", { mode: "quiet" });
      const result = await downloadDataset(found, options.to, {
        signal: stop.signal,
        ...(options.url ? { urls: options.url } : {}),
        archive: options.keepArchive ? "keep" : "delete",
        onProgress: (progress) => {
          if (progress.step !== step) {
            line.end();
            step = progress.step;
            line = progressLine(step, { mode: options.quiet ? "quiet" : "shown" });
          }
          const total = progress.totalBytes;
          const text = `${progress.text}, ${bytesText(progress.bytes)}${total === null ? "" : ` of ${bytesText(total)}`}`;
          line.update({ share: total === null ? 0 : progress.bytes / total, text });
        },
      }).finally(() => line.end());
      if (options.quiet) continue;
      const where = result.entries.map((entry) => path.join(options.to, entry)).join(", ");
      const checked = result.verified ? "checksum verified" : pc.yellow("no checksum is known, so it was not verified");
      process.stdout.write(
        `${found.benchmark.benchmark}/${found.task.id}: ${result.files} files in ${where}; ${checked}\n`,
      );
    }
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

/** The verb with its subcommands. */
export function catalogCommand(): Command {
  const command = new Command("catalog").description(
    "Built-in benchmarks: list them, show what is known and from where, get their data.",
  );
  command
    .command("list", { isDefault: true })
    .description("all built-in tasks")
    .option("--json", "print as JSON")
    .action((options: { json?: true }) => {
      if (options.json) process.stdout.write(`${JSON.stringify(catalogueBenchmarks(), null, 2)}\n`);
      else process.stdout.write(listText());
    });
  command
    .command("show")
    .description("everything known about a benchmark or task; every figure with its source")
    .argument("<id>", "benchmark (msd) or task (msd/Task03_Liver)")
    .option("--json", "print as JSON")
    .action(show);
  command
    .command("get")
    .description("download, verify and unpack; a stopped download goes on where it was")
    .argument("<id>", "task (msd/Task04_Hippocampus) or benchmark (msd: all its tasks)")
    .requiredOption("--to <folder>", "where the data go")
    .option("--url <address...>", "mirrors to use in place of the known ones; the checksum stays")
    .option("--keep-archive", "do not delete the archive after unpacking")
    .option("--quiet", "print nothing but errors")
    .action(get);
  return command.addHelpText(
    "after",
    `
Examples:
  segathlon catalog
  segathlon catalog show msd/Task03_Liver
  segathlon catalog get msd/Task04_Hippocampus --to data`,
  );
}
