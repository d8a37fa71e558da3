/** `segathlon init`: a benchmark document from a dataset. */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { parseBenchmark } from "@segathlon/benchmark";
import { type Dataset, type DatasetFormat, datasetFormats, readDataset } from "@segathlon/dataset";
import { folderSource } from "@segathlon/dataset/node";
import { SegathlonError } from "@segathlon/errors";
import { Command, Option } from "commander";

interface Options {
  readonly from?: DatasetFormat;
  readonly out?: string;
  readonly title?: string;
}

/** Flow values of YAML are JSON. */
const flow = (value: unknown): string => JSON.stringify(value);

function regionsOf(dataset: Dataset): Record<string, readonly number[]> {
  if (dataset.regions.length > 0)
    return Object.fromEntries(dataset.regions.map((region) => [region.name, region.values]));
  return Object.fromEntries(dataset.labels.map((label) => [label.name, [label.value]]));
}

/** The document of a dataset with the field's usual protocol, for the organiser to go through. */
export function benchmarkText(name: string, title: string, dataset: Dataset, dataPath: string): string {
  const labels = Object.fromEntries([
    ["background", 0],
    ...dataset.labels.map((label): [string, number] => [label.name, label.value]),
  ]);
  const task = (dataset.name || name).replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^[^A-Za-z0-9]+/, "") || name;
  const [licence] = dataset.licences;
  return `# Written by segathlon init. Go through it, then: segathlon check ${dataPath}; segathlon serve .
benchmark: ${flow(name)}
title: ${flow(title)}
${licence === undefined ? "# licence: state it here\n" : `licence: ${flow(licence.value)}\n`}tasks:
  - id: ${flow(task)}
    data: { format: ${dataset.format}, path: ${flow(dataPath)} }
    channels: ${flow(dataset.channels.length > 0 ? dataset.channels : ["image"])}
    labels: ${flow(labels)}
    regions: ${flow(regionsOf(dataset))}
protocol:
  profile: deepmind
  metrics: [dice, { nsd: { tolerance_mm: 1 } }, hd95]
  policy:
    both_empty: best # nothing to find and nothing found
    one_empty: worst # a plain 0 would be the best distance, so it is refused
    missing_prediction: worst # or reject: a submission without every case is not accepted
  ranking: { scheme: mean-then-rank, alpha: 0.05, bootstrap: 1000, seed: 1 }
phases:
  # Single cases are shown here so that teams can check their pipeline: keep it to a few cases.
  - { id: sanity, tasks: [${flow(task)}], cases: 3, feedback: per-case, quota: unlimited }
  - { id: live, tasks: [${flow(task)}], split: public, feedback: { aggregate: true, decimals: 3 }, quota: { per_day: 1, total: 15 } }
  - { id: final, tasks: [${flow(task)}], split: private, feedback: none-until-close, quota: { total: 1 } }
`;
}

async function init(name: string, folder: string, options: Options): Promise<void> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    throw new SegathlonError("SEG700", `"${name}" is not a name of a benchmark`, {
      hint: "Use letters, digits, points, dashes and underscores.",
    });
  const dataset = await readDataset(await folderSource(folder), options.from);
  if (dataset.labels.length === 0)
    throw new SegathlonError("SEG201", `${folder}: the dataset does not say which labels it has`, {
      hint: "Add a labels file or dataset.json (docs/datasets.md).",
      where: { file: folder },
    });
  const out = resolve(options.out ?? name);
  const file = join(out, "benchmark.yaml");
  if (existsSync(file))
    throw new SegathlonError("SEG405", `${file} exists`, { hint: "Choose another folder with --out, or remove it." });
  const path = relative(out, resolve(folder)).split("\\").join("/");
  const text = benchmarkText(
    name,
    options.title ?? (dataset.name || name),
    dataset,
    path.startsWith(".") ? path : `./${path}`,
  );
  parseBenchmark(text, file);
  await mkdir(out, { recursive: true });
  await writeFile(file, text, { flag: "wx" });
  const hidden = dataset.cases.filter((one) => one.split === "test" && one.label !== undefined).length;
  process.stdout.write(
    `${file}: ${dataset.cases.length} cases, ${dataset.labels.length} labels, ${hidden} test cases with references\n`,
  );
  if (hidden === 0)
    process.stdout.write(
      "No test case has a reference: phases open when references are there (labelsTs, or through the API).\n",
    );
}

export function initCommand(): Command {
  return new Command("init")
    .description("write benchmark.yaml for a dataset, ready to serve")
    .argument("<name>", "name of the benchmark, also of the folder")
    .argument("<dataset>", "folder of the dataset")
    .addOption(
      new Option("--from <format>", "layout of the dataset, when it is not recognised").choices(datasetFormats),
    )
    .option("--out <dir>", "folder to write to (default: the name)")
    .option("--title <text>", "title")
    .addHelpText("after", "\nExample:\n  segathlon init spleen --from msd ./Task09_Spleen && segathlon serve spleen")
    .action(init);
}
