/** `segathlon validate`: predictions checked before they are submitted, with the server's own code. */
import type { ValidationFinding } from "@segathlon/benchmark";
import { loadTask, type ValidationReport, validateFolder } from "@segathlon/benchmark/node";
import { SegathlonError } from "@segathlon/errors";
import { Command } from "commander";
import pc from "picocolors";
import { progressLine } from "../progress-line.ts";
import { terminalText } from "../text-table.ts";

interface Options {
  readonly task: string;
  readonly images?: string;
  readonly json?: true;
  readonly quiet?: true;
}

function findingLines({ severity, code, message, hint }: ValidationFinding): string[] {
  const mark = severity === "error" ? pc.red("error  ") : pc.yellow("warning");
  return [`${mark} ${code} ${terminalText(message)}`, `  ${pc.dim("what to do:")} ${hint}`];
}

function reportText(report: ValidationReport, options: Options): string {
  const errors = report.findings.filter((found) => found.severity === "error").length;
  const warnings = report.findings.length - errors;
  const checked = ["names", "types", "labels", ...(options.images === undefined ? [] : ["geometry", "completeness"])];
  const result = errors > 0 ? pc.red(`${errors} errors`) : pc.green("no errors");
  const lines = report.findings.flatMap(findingLines);
  lines.push(
    `${report.predictions} predictions for ${report.task}: ${result}, ${warnings} warnings (checked: ${checked.join(", ")})`,
  );
  if (options.images === undefined) lines.push(pc.dim("Give --images to check geometry and completeness, too."));
  return `${lines.join("\n")}\n`;
}

async function validate(predictions: string, options: Options): Promise<void> {
  const { task } = await loadTask(options.task);
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new SegathlonError("SEG702", "stopped before the end"));
  process.once("SIGINT", onSignal);
  const line = progressLine("validating", { mode: options.quiet ? "quiet" : "shown" });
  try {
    const report = await validateFolder(predictions, task, {
      ...(options.images === undefined ? {} : { images: options.images }),
      signal: stop.signal,
      onProgress: (done, total, name) =>
        line.update({ share: total === 0 ? 1 : done / total, text: `${done} of ${total} ${name}` }),
    });
    line.end();
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    else if (!options.quiet) process.stdout.write(reportText(report, options));
    if (report.findings.some((found) => found.severity === "error")) process.exitCode = 1;
  } finally {
    line.end();
    process.off("SIGINT", onSignal);
  }
}

/** The verb with its options and help. */
export function validateCommand(): Command {
  return new Command("validate")
    .description("Check predictions before submitting them: names, geometry, types, labels. No reference is needed.")
    .argument(
      "<predictions>",
      "folder of label maps, archive as it would be submitted (.zip, .tar, .tar.gz), or one file",
    )
    .requiredOption("--task <id|file.yaml>", "the task (msd/Task09_Spleen, my.yaml, my.yaml#task)")
    .option(
      "--images <folder>",
      "the images, to check that every case is there and lies on its image's grid (headers only)",
    )
    .option("--json", "print the findings as JSON")
    .option("--quiet", "print nothing; the exit code tells")
    .addHelpText(
      "after",
      `
Example:
  segathlon validate predictions --task msd/Task09_Spleen --images Task09_Spleen/imagesTs

Exit code: 0 nothing that would be refused, 1 errors were found, 2 could not run.`,
    )
    .action(validate);
}
