/** `segathlon model show|check`: what a model package says, and whether the engines here give its numbers. */
import { SegathlonError } from "@segathlon/errors";
import { runSelfTest } from "@segathlon/models";
import { engines, readModelPackage } from "@segathlon/models/node";
import { Command } from "commander";
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

export function modelCommand(): Command {
  const command = new Command("model").description("Look at a model package, or test it on every engine.");
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
  return command.addHelpText("after", "\nExample:\n  segathlon model check model\n");
}
