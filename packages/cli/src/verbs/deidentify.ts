/** `segathlon deidentify FROM TO`: a copy without what may identify a person. */
import { type DatasetFormat, datasetFormats, readDataset } from "@segathlon/dataset";
import { deidentifyDataset, openSource } from "@segathlon/dataset/node";
import { Command, Option } from "commander";
import { progressLine } from "../progress-line.ts";
import { terminalText } from "../text-table.ts";

interface DeidentifyFlags {
  readonly format?: DatasetFormat;
  readonly keepColumns?: string;
  readonly keepFields?: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** The command, for the verb table. */
export function deidentifyCommand(): Command {
  return new Command("deidentify")
    .description("Copy a dataset without header texts, extensions and identifying columns; voxels stay as they are")
    .argument("<dataset>", "folder, .zip, .tar or .tar.gz")
    .argument("<folder>", "folder to write; must not exist or be empty")
    .addOption(new Option("--format <format>", "layout, when it is not recognised").choices(datasetFormats))
    .option("--keep-columns <names>", "further columns of tables to keep, separated by commas")
    .option("--keep-fields <names>", "header fields to keep, such as descrip")
    .option("--json", "print deidentify.json")
    .option("--quiet", "print nothing but errors")
    .addHelpText("after", "\nExample:\n  segathlon deidentify amos22 amos22-clean --keep-columns Site")
    .action(runDeidentify);
}

const names = (text: string | undefined): string[] =>
  (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

async function runDeidentify(path: string, folder: string, flags: DeidentifyFlags): Promise<void> {
  const source = await openSource(path);
  const line = progressLine("deidentify", { mode: flags.quiet === true || flags.json === true ? "quiet" : "shown" });
  try {
    const dataset = await readDataset(source, flags.format);
    const report = await deidentifyDataset(source, dataset, folder, {
      keepColumns: names(flags.keepColumns),
      keepFields: names(flags.keepFields),
      onFile: (done, total) => line.update({ share: done / total, text: `${done} of ${total} files` }),
    });
    line.end();
    if (flags.json === true) process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
    else if (flags.quiet !== true) {
      process.stdout.write(`${report.headers.length} headers emptied, in ${folder}; details in deidentify.json\n`);
      for (const table of report.tables)
        process.stdout.write(
          `${terminalText(table.file)}: removed ${terminalText(table.removed.join(", ")) || "no column"}; ${table.changedCells} cells changed\n`,
        );
      if (report.leftOut.length > 0)
        process.stdout.write(
          `${report.leftOut.length} other files were not copied, the first is ${terminalText(report.leftOut[0] ?? "")}\n`,
        );
      for (const remark of report.remarks) process.stdout.write(`${remark}\n`);
    }
  } finally {
    line.end();
    await source.close();
  }
}
