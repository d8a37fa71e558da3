/** `segathlon convert FROM TO --format nnunet`: a dataset in another layout. */
import { type DatasetFormat, datasetFormats, readDataset } from "@segathlon/dataset";
import { convertDataset, importDicom, openSource } from "@segathlon/dataset/node";
import { Command, Option } from "commander";
import { progressLine } from "../progress-line.ts";
import { terminalText } from "../text-table.ts";

interface ConvertFlags {
  readonly format: DatasetFormat;
  readonly from?: DatasetFormat | "dicom";
  readonly lossy?: true;
  readonly json?: true;
  readonly quiet?: true;
}

/** The command, for the verb table. */
export function convertCommand(): Command {
  return new Command("convert")
    .description("Write a dataset in another layout; says what the layout cannot hold")
    .argument("<dataset>", "folder, .zip, .tar or .tar.gz")
    .argument("<folder>", "folder to write; must not exist or be empty")
    .addOption(new Option("--format <format>", "layout to write").choices(datasetFormats).makeOptionMandatory())
    .addOption(
      new Option("--from <format>", "layout of the source, when it is not recognised").choices([
        ...datasetFormats,
        "dicom",
      ]),
    )
    .option("--lossy", "go on when the layout cannot hold everything")
    .option("--json", "print a summary as JSON")
    .option("--quiet", "print nothing but errors")
    .addHelpText(
      "after",
      "\nExamples:\n  segathlon convert Task04_Hippocampus Dataset004_Hippocampus --format nnunet\n  segathlon convert dicom-folder spleen --from dicom --format msd",
    )
    .action(runConvert);
}

async function runConvert(path: string, folder: string, flags: ConvertFlags): Promise<void> {
  const source = await openSource(path);
  const line = progressLine("convert", { mode: flags.quiet === true || flags.json === true ? "quiet" : "shown" });
  try {
    if (flags.from === "dicom") {
      const imported = await importDicom(source, folder, flags.format, {
        losses: flags.lossy === true ? "accept" : "refuse",
        onCase: (done, total) => line.update({ share: done / total, text: `${done} of ${total} cases` }),
      });
      line.end();
      report(flags, "dicom", folder, imported.cases, imported.lost);
      return;
    }
    const dataset = await readDataset(source, flags.from);
    const lost = await convertDataset(source, dataset, folder, flags.format, {
      losses: flags.lossy === true ? "accept" : "refuse",
      onCase: (done, total) => line.update({ share: done / total, text: `${done} of ${total} cases` }),
    });
    line.end();
    report(flags, dataset.format, folder, dataset.cases.length, lost);
  } finally {
    line.end();
    await source.close();
  }
}

function report(flags: ConvertFlags, from: string, folder: string, cases: number, lost: readonly string[]): void {
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify({ from, to: flags.format, folder, cases, lost })}\n`);
  } else if (flags.quiet !== true) {
    process.stdout.write(`${cases} cases: ${from} to ${flags.format} in ${folder}\n`);
    for (const text of lost) process.stdout.write(`lost: ${terminalText(text)}\n`);
  }
}
