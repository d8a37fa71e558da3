/** The first half of the demo, without a server: one phantom task, all entries predicted, evaluated and ranked, reports on disk. */
import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { findPhantom, writePhantomDataset } from "@segathlon/phantom";
import type { Command } from "commander";
import { learningCases } from "../learning-cases.ts";
import type { ProgressLine } from "../progress-line.ts";
import { evaluateCommand } from "../verbs/evaluate.ts";
import { rankCommand } from "../verbs/rank.ts";
import { demoEntries, writeDemoEntries } from "./demo-entries.ts";

/** Runs a verb as if it had been typed; its exit code says only whether it could run. */
async function runVerb(command: Command, args: readonly string[]): Promise<void> {
  await command.exitOverride().parseAsync(args, { from: "user" });
  process.exitCode = 0;
}

export interface DemoEvaluationOptions {
  readonly out: string;
  readonly cases: number;
  readonly size: number;
  readonly line: ProgressLine;
}

/** What was written, relative to the demo's folder. */
export interface DemoEvaluation {
  readonly commands: readonly string[];
  readonly files: readonly string[];
}

/** Makes the data, scores every entry and ranks them. */
export async function demoEvaluation({ out, cases, size, line }: DemoEvaluationOptions): Promise<DemoEvaluation> {
  const data = path.join(out, "Phantom04_Hippocampus");
  await mkdir(out, { recursive: true });
  await writePhantomDataset(findPhantom("hippocampus"), data, {
    cases,
    size,
    seed: 1,
    onCase: (done, total, id) =>
      line.update({ share: (0.3 * done) / total, text: `making ${id}, ${done} of ${total}` }),
  });
  // Every third labelled case is held out and predicted.
  const learning = await learningCases(data, { fold: 1, folds: 3 });
  const predictions = path.join(out, "predictions");
  await writeDemoEntries(learning, learning.held, predictions, demoEntries, (text, share) =>
    line.update({ share: 0.3 + 0.4 * share, text }),
  );
  const references = path.join(out, "references");
  await mkdir(references, { recursive: true });
  for (const entry of learning.held) await copyFile(entry.labels, path.join(references, `${entry.case}.nii.gz`));
  const regions = Object.entries(learning.labels)
    .map(([name, label]) => `${name}=${label}`)
    .join(",");
  const commands: string[] = [];
  const evaluations: string[] = [];
  for (const [i, entry] of demoEntries.entries()) {
    line.update({ share: 0.7 + (0.2 * i) / demoEntries.length, text: `evaluating ${entry.method}` });
    const file = path.join(out, i === 0 ? "evaluation.json" : `evaluation-${entry.id}.json`);
    evaluations.push(file);
    const args = [
      "--reference",
      references,
      "--prediction",
      path.join(predictions, entry.id),
      "--regions",
      regions,
      "--metrics",
      "dice,nsd,hd95",
      "--tolerance",
      "1",
      "--method",
      `${entry.team}: ${entry.method}`,
      "--out",
      file,
      "--quiet",
    ];
    if (i === 0) args.push("--html", path.join(out, "evaluation.html"));
    await runVerb(evaluateCommand(), args);
    if (i === 0)
      commands.push(
        `segathlon evaluate ${args
          .filter((arg) => arg !== "--quiet")
          .map((arg) => (/[\s:]/.test(arg) ? `"${arg}"` : arg))
          .join(" ")}`,
      );
  }
  line.update({ share: 0.92, text: "ranking, 1,000 bootstrap draws" });
  const rankArgs = [
    ...evaluations,
    "--scheme",
    "msd-2018",
    "--out",
    path.join(out, "ranking.json"),
    "--html",
    path.join(out, "ranking.html"),
    "--quiet",
  ];
  await runVerb(rankCommand(), rankArgs);
  commands.push(
    `segathlon rank ${path.join(out, "evaluation*.json")} --scheme msd-2018 --out ${path.join(out, "ranking.json")} --html ${path.join(out, "ranking.html")}`,
  );
  return {
    commands,
    files: ["evaluation.html", "ranking.html", "evaluation.json", "ranking.json"].map((file) => path.join(out, file)),
  };
}
