/** `segathlon stats FOLDER`: what is in a dataset. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DatasetFormat, type DatasetStatistics, datasetFormats, makeStatistics } from "@segathlon/dataset";
import { checkDataset, openSource } from "@segathlon/dataset/node";
import { Command, Option } from "commander";
import { progressLine } from "../progress-line.ts";
import { textTable } from "../text-table.ts";
import { statsPage } from "./stats-page.ts";

interface StatsFlags {
  readonly format?: DatasetFormat;
  readonly out: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** The command, for the verb table. */
export function statsCommand(): Command {
  return new Command("stats")
    .description("Describe a dataset: labels, volumes, intensities, spacings, patients, splits compared")
    .argument("<dataset>", "folder, .zip, .tar or .tar.gz")
    .addOption(new Option("--format <format>", "layout, when it is not recognised").choices(datasetFormats))
    .option("--out <folder>", "where stats.json, stats.html and dataset_fingerprint.json go", ".")
    .option("--json", "print stats.json, write no files")
    .option("--quiet", "print nothing but errors")
    .addHelpText("after", "\nExample:\n  segathlon stats Task09_Spleen --out report")
    .action(runStats);
}

async function runStats(path: string, flags: StatsFlags): Promise<void> {
  const source = await openSource(path);
  const line = progressLine("stats", { mode: flags.quiet === true || flags.json === true ? "quiet" : "shown" });
  try {
    const { dataset, facts } = await checkDataset(source, {
      ...(flags.format === undefined ? {} : { format: flags.format }),
      statistics: true,
      onCase: (done, total) => line.update({ share: done / total, text: `${done} of ${total} cases` }),
    });
    line.end();
    const statistics = makeStatistics(dataset, facts);
    process.exitCode = statistics.unreadable.length > 0 ? 1 : 0;
    if (flags.json === true) {
      process.stdout.write(`${JSON.stringify(statistics, null, 1)}\n`);
      return;
    }
    const manifest: { version: string } = JSON.parse(
      await readFile(new URL("../../package.json", import.meta.url), "utf8"),
    );
    await mkdir(flags.out, { recursive: true });
    const write = async (name: string, text: string): Promise<void> => {
      await writeFile(join(flags.out, `${name}.partial`), text);
      await rename(join(flags.out, `${name}.partial`), join(flags.out, name));
    };
    await write("stats.json", `${JSON.stringify(statistics, null, 1)}\n`);
    await write("stats.html", statsPage(statistics, manifest.version));
    if (statistics.fingerprint !== null)
      await write("dataset_fingerprint.json", `${JSON.stringify(statistics.fingerprint, null, 1)}\n`);
    if (flags.quiet !== true) print(statistics, flags.out);
  } finally {
    line.end();
    await source.close();
  }
}

function print({ labels, splits, unreadable }: DatasetStatistics, out: string): void {
  const short = (value: number | undefined): string =>
    value === undefined ? "" : String(Number(value.toPrecision(3)));
  const lines = textTable(
    [
      { title: "label", align: "left" },
      { title: "present", align: "right" },
      { title: "median ml", align: "right" },
      { title: "min", align: "right" },
      { title: "max", align: "right" },
      { title: "pieces", align: "right" },
    ],
    labels.map((one) => [
      one.name,
      `${one.present}/${one.labelMaps}`,
      short(one.volumeMl?.median),
      short(one.volumeMl?.min),
      short(one.volumeMl?.max),
      short(one.components?.median),
    ]),
  );
  process.stdout.write(`${lines.join("\n")}\n`);
  const apart = splits.filter((one) => one.p < 0.01);
  for (const one of apart)
    process.stdout.write(`splits differ in ${one.quantity}: ${one.text} (${one.test}, p ${one.p.toExponential(1)})\n`);
  if (unreadable.length > 0) process.stdout.write(`${unreadable.length} files could not be read; see stats.json\n`);
  process.stdout.write(`details in ${join(out, "stats.html")}, stats.json and dataset_fingerprint.json\n`);
}
