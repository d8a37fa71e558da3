/** `segathlon check FOLDER`: what is wrong with a dataset. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DatasetFormat, datasetFormats, type Finding } from "@segathlon/dataset";
import { applyFixes, checkDataset, fixNames, openSource, planFixes } from "@segathlon/dataset/node";
import { SegathlonError } from "@segathlon/errors";
import { Command, Option } from "commander";
import pc from "picocolors";
import { progressLine } from "../progress-line.ts";
import { terminalText, textTable } from "../text-table.ts";
import { checkPage, summaryText } from "./check-page.ts";

interface CheckFlags {
  readonly format?: DatasetFormat;
  readonly out: string;
  readonly fix?: string;
  readonly to?: string;
  readonly dryRun?: true;
  readonly inPlace?: true;
  readonly json?: true;
  readonly quiet?: true;
  readonly all?: true;
}

/** Rows of the terminal's table; all findings stand in check.json. */
const shownFindings = 60;

/** The command, for the verb table. */
export function checkCommand(): Command {
  return new Command("check")
    .description("Find what is wrong with a dataset: pairs, geometry, labels, duplicates, leakage, identifiers")
    .argument("<dataset>", "folder, .zip, .tar or .tar.gz")
    .addOption(new Option("--format <format>", "layout, when it is not recognised").choices(datasetFormats))
    .option("--out <folder>", "where check.json and check.html go", ".")
    .option("--fix <names>", `mend findings by name, in a copy: ${fixNames.join(", ")}`)
    .option("--to <folder>", "folder of the corrected copy")
    .option("--dry-run", "with --fix: say what would change, change nothing")
    .option("--in-place", "with --fix: change the dataset itself")
    .option("--all", "list all findings on the terminal")
    .option("--json", "print check.json, write no files")
    .option("--quiet", "print nothing but errors")
    .addHelpText(
      "after",
      `
Exit code: 0 no errors, 1 errors found, 2 could not run.

Examples:
  segathlon check Task09_Spleen
  segathlon check Task09_Spleen --fix label-type,geometry-noise --dry-run
  segathlon check Task09_Spleen --fix label-type,geometry-noise --to Task09_fixed`,
    )
    .action(runCheck);
}

async function runCheck(path: string, flags: CheckFlags): Promise<void> {
  if (flags.inPlace === true && flags.to !== undefined)
    throw new SegathlonError("SEG700", "--in-place and --to exclude each other");
  if (flags.fix !== undefined && flags.dryRun !== true && flags.inPlace !== true && flags.to === undefined) {
    throw new SegathlonError("SEG700", "--fix needs --dry-run, --to FOLDER or --in-place", {
      hint: "Try --dry-run first.",
    });
  }
  const source = await openSource(path);
  const quiet = flags.quiet === true || flags.json === true;
  const line = progressLine("check", { mode: quiet ? "quiet" : "shown" });
  try {
    const { dataset, facts, report } = await checkDataset(source, {
      ...(flags.format === undefined ? {} : { format: flags.format }),
      ...(flags.json === true ? {} : { thumbnail: true }),
      onCase: (done, total) => line.update({ share: done / total, text: `${done} of ${total} cases` }),
    });
    line.end();
    if (flags.json === true) process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
    else {
      await mkdir(flags.out, { recursive: true });
      await writeWhole(join(flags.out, "check.json"), `${JSON.stringify(report, null, 1)}\n`);
      await writeWhole(join(flags.out, "check.html"), checkPage(report, facts, await version()));
      if (flags.quiet !== true) {
        printFindings(report.findings, flags.all === true ? Number.POSITIVE_INFINITY : shownFindings);
        process.stdout.write(`${summaryText(report)}; details in ${join(flags.out, "check.html")} and check.json\n`);
      }
    }
    process.exitCode = report.summary.errors > 0 ? 1 : 0;
    if (flags.fix === undefined) return;
    const plan = planFixes(
      dataset,
      report.findings,
      flags.fix.split(",").map((name) => name.trim()),
    );
    if (flags.quiet !== true) {
      for (const action of plan.actions)
        process.stderr.write(`${flags.dryRun === true ? "would " : ""}fix: ${terminalText(action.text)}\n`);
      for (const { finding, why } of plan.left)
        process.stderr.write(`left: ${terminalText(finding.message)}: ${terminalText(why)}\n`);
      if (plan.actions.length === 0) process.stderr.write("nothing to fix\n");
    }
    if (flags.dryRun === true || plan.actions.length === 0) return;
    await applyFixes(source, dataset, plan, flags.inPlace === true ? undefined : flags.to);
    if (flags.quiet !== true)
      process.stderr.write(
        `${plan.actions.length} fixes in ${flags.to ?? path}; check again with segathlon check ${flags.to ?? path}\n`,
      );
  } finally {
    line.end();
    await source.close();
  }
}

function printFindings(findings: readonly Finding[], limit: number): void {
  if (findings.length === 0) return;
  const shown = findings.slice(0, limit);
  const lines = textTable(
    [
      { title: "severity", align: "left" },
      { title: "finding", align: "left" },
      { title: "what", align: "left" },
    ],
    shown.map((one) => [one.severity, one.name, one.message]),
  );
  const colours = { error: pc.red, warning: pc.yellow, note: pc.dim };
  process.stdout.write(`${pc.bold(lines[0] ?? "")}\n`);
  shown.forEach((one, n) => {
    process.stdout.write(`${colours[one.severity](lines[n + 1] ?? "")}\n`);
  });
  if (findings.length > shown.length)
    process.stdout.write(`... and ${findings.length - shown.length} more (--all shows them)\n`);
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.partial`, text);
  await rename(`${path}.partial`, path);
}

async function version(): Promise<string> {
  const manifest: { version: string } = JSON.parse(
    await readFile(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return manifest.version;
}
