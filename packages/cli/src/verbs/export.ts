/** `segathlon export`: a benchmark's results in the formats of others, and as a permanent static site. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { SegathlonError } from "@segathlon/errors";
import { type ScoreTable, writeChallengerCsv } from "@segathlon/ranking";
import { createClient } from "@segathlon/server/api";
import { Command, Option } from "commander";
import { type Connection, connect, plainErrors } from "./credentials.ts";
import { codabenchFiles } from "./export-codabench.ts";
import type { ExportFiles } from "./export-files.ts";
import { grandChallengeFiles } from "./export-grand-challenge.ts";
import { siteFiles } from "./export-site.ts";

interface Options {
  readonly as: "challenger-csv" | "codabench" | "grand-challenge" | "site";
  readonly phase?: string;
  readonly out: string;
  readonly server?: string;
}

async function challengerFiles(connection: Connection, benchmark: string, phase: string): Promise<ExportFiles> {
  const board = await connection.client.call("getLeaderboard", { params: { benchmark, phase } });
  if (board.scoreTable === null)
    throw new SegathlonError(
      "SEG402",
      `the scores of single cases of ${benchmark}/${phase} are not shown to this account`,
      { hint: "Sign in as an organiser: `segathlon login --organise`." },
    );
  const table = board.scoreTable as ScoreTable;
  const files: Record<string, string> = {};
  const regions = new Set(table.rows.map((row) => row.region));
  for (const metric of table.metrics)
    for (const region of regions) {
      const rows = table.rows.filter((row) => row.metric === metric.key && row.region === region);
      if (rows.length === 0) continue;
      const made = writeChallengerCsv(table, { metric: metric.key, region });
      files[`${phase}-${region}-${metric.key}.csv`.replace(/[^\w.@-]+/g, "_")] = made;
    }
  return files;
}

async function filesOf(connection: Connection, benchmark: string, options: Options): Promise<ExportFiles> {
  // A site is for everybody: it is made from what a reader without an account sees.
  if (options.as === "site")
    return siteFiles({ ...connection, client: plainErrors(createClient({ baseUrl: connection.server })) }, benchmark);
  const phases = await connection.client.call("listPhases", { params: { benchmark } });
  const phase = options.phase ?? phases[0]?.id;
  if (phase === undefined) throw new SegathlonError("SEG405", `${benchmark} has no phase`);
  if (options.as === "challenger-csv") return challengerFiles(connection, benchmark, phase);
  return options.as === "codabench"
    ? codabenchFiles(connection, benchmark)
    : grandChallengeFiles(connection, benchmark, phase);
}

async function run(benchmark: string, options: Options): Promise<void> {
  const files = await filesOf(connect(options.server), benchmark, options);
  const root = resolve(options.out);
  const sums: string[] = [];
  for (const [name, content] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const target = join(root, name);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    sums.push(`${createHash("sha256").update(content).digest("hex")}  ${name}`);
  }
  await writeFile(join(root, "SHA256SUMS"), `${sums.join("\n")}\n`);
  process.stdout.write(`${options.out}: ${sums.length} files and SHA256SUMS\n`);
}

export function exportCommand(): Command {
  return new Command("export")
    .description(
      "write results for other tools: challengeR tables, a Codabench bundle, grand-challenge files, a static site",
    )
    .argument("<benchmark>", "benchmark")
    .addOption(
      new Option("--as <format>", "what to write")
        .choices(["challenger-csv", "codabench", "grand-challenge", "site"])
        .makeOptionMandatory(),
    )
    .requiredOption("--out <dir>", "folder")
    .option("--phase <id>", "phase (default: the first)")
    .option("--server <address>", "server (default: the one of the last login)")
    .addHelpText(
      "after",
      "\nExample:\n  segathlon export spleen --as site --out spleen-site\n\nScores of single cases need an organiser's key: `segathlon login --organise`.",
    )
    .action(run);
}
