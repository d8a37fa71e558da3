/** One task of the demo in a thread of its own: synthetic cases, then the predictions of every entry for the test cases. */
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { readCaseAttributes } from "@segathlon/benchmark";
import { writePhantomDataset } from "@segathlon/phantom";
import { learningCases } from "../learning-cases.ts";
import { demoEntries, writeDemoEntries } from "./demo-entries.ts";
import { type DemoTask, demoPhantom } from "./demo-tasks.ts";

/** One task of a benchmark: data go to `<folder>/<task>`, predictions to `<predictions>/<entry>/<task>`. */
export interface DemoDataItem {
  readonly task: DemoTask;
  readonly folder: string;
  readonly predictions: string;
}

export interface DemoDataJob {
  readonly items: readonly DemoDataItem[];
}

export type DemoDataMessage = { readonly text: string; readonly item: number; readonly share: number };

function tell(item: number, text: string, share: number): void {
  parentPort?.postMessage({ text, item, share } satisfies DemoDataMessage);
}

/** Leaves only the cases of one modality: the files of the others go. */
async function keepModality(folder: string, modality: string): Promise<void> {
  const table = readCaseAttributes(await readFile(path.join(folder, "metadata.csv"), "utf8"));
  for (const [id, attributes] of table) {
    if (attributes.modality === modality) continue;
    for (const place of ["imagesTr", "labelsTr", "imagesTs", "labelsTs"])
      await rm(path.join(folder, place, `${id}.nii.gz`), { force: true });
  }
  const file = path.join(folder, "dataset.json");
  const document = JSON.parse(await readFile(file, "utf8")) as {
    training: { image: string }[];
    test: (string | { image: string })[];
    numTraining: number;
    numTest: number;
  };
  const kept = (entry: string | { image: string }): boolean =>
    table.get(path.basename(typeof entry === "string" ? entry : entry.image).replace(".nii.gz", ""))?.modality ===
    modality;
  document.training = document.training.filter(kept);
  document.test = document.test.filter(kept);
  document.numTraining = document.training.length;
  document.numTest = document.test.length;
  await writeFile(file, JSON.stringify(document, null, 2));
}

async function run({ items }: DemoDataJob): Promise<void> {
  // One thread for several tasks: the second runs on code that the first has warmed up.
  for (const [i, { task, folder, predictions }] of items.entries()) {
    const data = path.join(folder, task.id);
    const document = demoPhantom(task);
    await writePhantomDataset(document, data, {
      cases: task.cases,
      size: task.size,
      seed: 1,
      onCase: (done, total, id) => tell(i, `${document.title}: ${id}`, (0.5 * done) / total),
    });
    if (task.modality !== undefined) await keepModality(data, task.modality);
    await cp(path.join(data, "metadata.csv"), path.join(data, "cases.csv"));
    const cases = await learningCases(data, null);
    const targets = cases.test.map((one) => ({ ...one, labels: path.join(data, "labelsTs", `${one.case}.nii.gz`) }));
    const temporary = path.join(predictions, `.${task.id}`);
    await writeDemoEntries(cases, targets, temporary, demoEntries, (text, share) =>
      tell(i, `${document.title}: ${text}`, 0.5 + 0.5 * share),
    );
    for (const entry of demoEntries)
      await cp(path.join(temporary, entry.id), path.join(predictions, entry.id, task.id), { recursive: true });
    await rm(temporary, { recursive: true });
  }
}

await run(workerData as DemoDataJob);
