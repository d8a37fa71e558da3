/** `segathlon model show|check|import`: what a model package says, whether the engines here give its numbers, exports of other programs. */
import { readFile } from "node:fs/promises";
import { SegathlonError } from "@segathlon/errors";
import { importMonai, importNnunet, type ModelDocument, recordSelfTest, runSelfTest } from "@segathlon/models";
import { engines, openModel, readModelPackage, writeModelPackage } from "@segathlon/models/node";
import { Command } from "commander";
import { optionError } from "../option-values.ts";
import { textTable } from "../text-table.ts";

async function show(folder: string, options: { readonly json?: true }): Promise<void> {
  const { document, onnx } = await readModelPackage(folder);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  const { provenance: from } = document;
  const lines: [string, string][] = [
    ["name", document.name],
    ["task", document.task ?? "not named"],
    ["channels", document.channels.map((channel) => `${channel.name} (${channel.normalisation.scheme})`).join(", ")],
    [
      "labels",
      Object.entries(document.labels)
        .map(([name, value]) => `${value} ${name}`)
        .join(", "),
    ],
    ["orientation", document.orientation],
    [
      "working spacing",
      document.spacing_mm === null
        ? "the image's"
        : `${document.spacing_mm.map((mm) => Number(mm.toFixed(4))).join(" x ")} mm`,
    ],
    ["patch", `${document.patch.join(" x ")} voxels, step ${document.step}`],
    [
      "mirroring",
      document.mirror_axes.length === 0 ? "none" : `axes ${document.mirror_axes.map((axis) => "xyz"[axis]).join(", ")}`,
    ],
    ["weights", `${document.onnx.parameters ?? "unknown number of"} parameters, ${(onnx.length / 1e6).toFixed(2)} MB`],
    [
      "self-test",
      document.self_test === null
        ? "none"
        : `${document.self_test.logits.length} logits within ${document.self_test.tolerance}`,
    ],
    ["made by", `${from.trainer} ${from.version}, ${from.created}`],
    [
      "training",
      `${from.dataset ?? "dataset not named"}, ${from.steps ?? "?"} steps, seed ${from.seed ?? "?"}, on ${from.hardware ?? "unknown hardware"}`,
    ],
    ...from.notes.map((note): [string, string] => ["note", note]),
  ];
  process.stdout.write(
    `${textTable(
      [
        { title: "", align: "left" },
        { title: folder, align: "left" },
      ],
      lines,
    ).join("\n")}\n`,
  );
}

async function check(folder: string, options: { readonly json?: true }): Promise<void> {
  const model = await readModelPackage(folder);
  const rows: { engine: string; version: string; result: string; difference: number | null; ok: boolean }[] = [];
  for (const engine of engines) {
    let version = "";
    try {
      const loaded = await engine.load(model.document, model.onnx);
      version = loaded.version;
      try {
        const difference = await runSelfTest(model.document, loaded);
        rows.push({
          engine: engine.name,
          version,
          result: model.document.self_test === null ? "runs; the package has no self-test" : "passes",
          difference,
          ok: true,
        });
      } finally {
        await loaded.release();
      }
    } catch (error) {
      if (!(error instanceof SegathlonError)) throw error;
      rows.push({
        engine: engine.name,
        version,
        result: `${error.code} ${error.message}`,
        difference: null,
        ok: error.code === "SEG502",
      });
    }
  }
  if (options.json === true) process.stdout.write(`${JSON.stringify({ model: model.document.name, engines: rows })}\n`);
  else {
    const columns = ["engine", "version", "largest difference", "result"].map((title, i) => ({
      title,
      align: i === 2 ? ("right" as const) : ("left" as const),
    }));
    process.stdout.write(
      `${textTable(
        columns,
        rows.map((row) => [
          row.engine,
          row.version,
          row.difference === null ? "" : row.difference.toExponential(1),
          row.result,
        ]),
      ).join("\n")}\n`,
    );
  }
  if (rows.some((row) => !row.ok)) process.exitCode = 1;
}

async function json(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new SegathlonError("SEG001", `${file} cannot be read`, { where: { file }, cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SegathlonError("SEG508", `${file}: not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      where: { file },
      cause,
    });
  }
}

interface ImportOptions {
  readonly onnx: string;
  readonly out: string;
  readonly input: string;
  readonly output: string;
}

/** Writes the package, then records what the first engine gives, so that other engines are held to it. */
async function finishImport(document: ModelDocument, options: ImportOptions): Promise<void> {
  const onnx = await readFile(options.onnx).catch((cause: unknown) => {
    throw new SegathlonError("SEG001", `${options.onnx} cannot be read`, { where: { file: options.onnx }, cause });
  });
  await writeModelPackage(options.out, document, onnx);
  const model = await readModelPackage(options.out);
  const opened = await openModel(model);
  try {
    const self_test = await recordSelfTest(document, opened.network, 1, 1e-2);
    await writeModelPackage(options.out, { ...model.document, self_test }, onnx);
  } finally {
    await opened.release();
  }
  process.stdout.write(
    `${document.name}: imported -> ${options.out}; self-test recorded with ${opened.engine} ${opened.version}\n`,
  );
}

async function importFromNnunet(
  options: ImportOptions & {
    readonly plans: string;
    readonly dataset: string;
    readonly configuration: string;
    readonly mirrorAxes: string;
  },
): Promise<void> {
  const mirrorAxes = options.mirrorAxes === "none" ? [] : options.mirrorAxes.split(",").map(Number);
  if (mirrorAxes.some((axis) => ![0, 1, 2].includes(axis)))
    throw optionError("--mirror-axes", "axes out of 0,1,2, or none", options.mirrorAxes);
  const document = importNnunet({
    ...options,
    plans: await json(options.plans),
    dataset: await json(options.dataset),
    mirrorAxes,
    created: new Date().toISOString(),
  });
  await finishImport(document, options);
}

async function importFromMonai(
  options: ImportOptions & { readonly metadata: string; readonly inference: string },
): Promise<void> {
  const document = importMonai({
    ...options,
    metadata: await json(options.metadata),
    inference: await json(options.inference),
    created: new Date().toISOString(),
  });
  await finishImport(document, options);
}

function importCommand(): Command {
  const command = new Command("import").description(
    "A model package from an ONNX export and the documents of nnU-Net v2 or a MONAI bundle.",
  );
  const source = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .requiredOption("--onnx <file>", "the exported graph")
      .requiredOption("--out <dir>", "model package")
      .option("--input <name>", "name of the graph's input", "image")
      .option("--output <name>", "name of the graph's output", "logits");
  source("nnunet", "From plans.json and dataset.json.")
    .requiredOption("--plans <file>", "plans.json of the trained model")
    .requiredOption("--dataset <file>", "dataset.json of the trained model")
    .option("--configuration <name>", "such as 3d_fullres or 3d_lowres", "3d_fullres")
    .option("--mirror-axes <list>", "as the exporter prints them, or none", "0,1,2")
    .action(importFromNnunet);
  source("monai", "From metadata.json and inference.json.")
    .requiredOption("--metadata <file>", "configs/metadata.json of the bundle")
    .requiredOption("--inference <file>", "configs/inference.json of the bundle")
    .action(importFromMonai);
  return command.addHelpText(
    "after",
    "\nThe exporters are in the package's folder exporters/ (Python, run where nnU-Net or MONAI is installed).\n",
  );
}

export function modelCommand(): Command {
  const command = new Command("model").description(
    "Look at a model package, test it on every engine, or make one from an export.",
  );
  command
    .command("show")
    .description("What the package says.")
    .argument("<dir>")
    .option("--json", "print model.json")
    .action(show);
  command
    .command("check")
    .description("Run the self-test on every engine that is installed.")
    .argument("<dir>")
    .option("--json", "print one JSON object")
    .action(check);
  command.addCommand(importCommand());
  return command.addHelpText("after", "\nExample:\n  segathlon model check model\n");
}
