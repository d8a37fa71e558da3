/**
 * A benchmark from a folder: `benchmark.yaml` and, per task, a dataset in any format that `@segathlon/dataset` reads. Labels of
 * validation and test cases are hidden and sealed; those of training cases come with the data.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Task } from "@segathlon/benchmark";
import { type DatasetCase, readDataset } from "@segathlon/dataset";
import { folderSource } from "@segathlon/dataset/node";
import { SegathlonError } from "@segathlon/errors";
import type { StoredSettings } from "../database/schema.ts";
import type { ThreadPool } from "../scoring/thread-pool.ts";
import type { ServerContext } from "../server-context.ts";
import { documentOf, findBenchmark, putBenchmark } from "./benchmark-store.ts";
import { storeCaseImage, storeFirstReference } from "./case-store.ts";

const splits = { train: "training", validation: "validation", test: "test" } as const;

export interface ImportProgress {
  readonly task: string;
  readonly file: string;
  readonly done: number;
  readonly total: number;
}

/** Images of a case with the channel that each file holds; one file of several channels is `all`. */
function imageFiles(one: DatasetCase, task: Task): { file: string; channel: string }[] {
  if (one.image === undefined) return [];
  if (one.image.kind === "one-file")
    return [{ file: one.image.file, channel: task.channels.length === 1 ? (task.channels[0] ?? "all") : "all" }];
  return one.image.files.map((file, index) => ({ file, channel: task.channels[index] ?? `channel-${index}` }));
}

function labelFile(one: DatasetCase, task: Task): string | null {
  if (one.label === undefined) return null;
  if (one.label.kind === "label-map") return one.label.file;
  throw new SegathlonError(
    "SEG415",
    `case ${one.id} of ${task.id} has one file per structure; the server takes label maps`,
    {
      hint: "`segathlon convert DIR OUT --format nnunet` merges the structures into label maps.",
      where: { case: one.id, task: task.id },
    },
  );
}

export interface FolderImport {
  readonly folder: string;
  readonly settings?: Partial<StoredSettings> & { readonly listed?: boolean };
  readonly actor?: string;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/**
 * Creates or updates the benchmark of a folder and takes in files that the server does not have yet. Run again after adding files;
 * a file that changed is not taken over silently: references are corrected by errata.
 *
 * @throws SegathlonError `SEG100` for a document that does not follow its schema, `SEG001` without `benchmark.yaml`, `SEG415` for a
 *   reference that cannot be read.
 */
export async function importBenchmarkFolder(
  context: ServerContext,
  pool: ThreadPool,
  request: FolderImport,
): Promise<string> {
  const documentFile = ["benchmark.yaml", "benchmark.yml", "benchmark.json"]
    .map((name) => join(request.folder, name))
    .find((path) => existsSync(path));
  if (documentFile === undefined)
    throw new SegathlonError("SEG001", `${request.folder} has no benchmark.yaml`, {
      hint: "`segathlon init NAME --from FORMAT DIR` writes one.",
      where: { file: request.folder },
    });
  const id = await putBenchmark(context.database, {
    text: await readFile(documentFile, "utf8"),
    settings: request.settings ?? {},
    actor: request.actor ?? "system",
  });
  const benchmark = await findBenchmark(context.database, id);
  for (const task of documentOf(benchmark).tasks) {
    if (task.data === undefined) continue;
    const data = resolve(request.folder, task.data.path);
    if (!existsSync(data))
      throw new SegathlonError("SEG001", `task ${task.id}: the data folder ${data} does not exist`, {
        failure: "organiser",
        where: { file: data, task: task.id },
      });
    await importTask(context, pool, request, { benchmark: id, task, data });
  }
  return id;
}

async function importTask(
  context: ServerContext,
  pool: ThreadPool,
  request: FolderImport,
  place: { readonly benchmark: string; readonly task: Task; readonly data: string },
): Promise<void> {
  const { benchmark: id, task, data } = place;
  const benchmark = await findBenchmark(context.database, id);
  const source = await folderSource(data);
  const dataset = await readDataset(source, task.data?.format);
  const haveImages = await context.database
    .selectFrom("case_image")
    .select(["case_id", "channel"])
    .where("benchmark", "=", id)
    .where("task", "=", task.id)
    .execute();
  const haveReferences = await context.database
    .selectFrom("case_reference")
    .select("case_id")
    .where("benchmark", "=", id)
    .where("task", "=", task.id)
    .execute();
  const images = new Set(haveImages.map((row) => `${row.case_id}\n${row.channel}`));
  const references = new Set(haveReferences.map((row) => row.case_id));
  const work: { file: string; run: () => Promise<void> }[] = [];
  for (const one of dataset.cases) {
    const split = splits[one.split];
    const known = Object.entries(one.attributes).filter(
      (entry): entry is [string, string | number] => entry[1] !== null,
    );
    const attributes = Object.fromEntries(known);
    const label = labelFile(one, task);
    if (label !== null && !references.has(one.id))
      work.push({
        file: label,
        run: async () =>
          storeFirstReference(context, pool, benchmark, {
            task: task.id,
            case: one.id,
            split,
            part: null,
            attributes,
            bytes: await ownBytes(join(data, label)),
            fileName: basename(label),
          }),
      });
    for (const { file, channel } of imageFiles(one, task)) {
      if (images.has(`${one.id}\n${channel}`)) continue;
      work.push({
        file,
        run: async () =>
          storeCaseImage(context, pool, {
            benchmark: id,
            task: task.id,
            case: one.id,
            channel,
            split,
            bytes: await ownBytes(join(data, file)),
            fileName: basename(file),
            attributes,
          }),
      });
    }
  }
  for (const [done, item] of work.entries()) {
    request.onProgress?.({ task: task.id, file: item.file, done, total: work.length });
    await item.run();
  }
}

/** File bytes in a buffer of their own, which a thread can take over. */
async function ownBytes(path: string): Promise<Uint8Array> {
  return Uint8Array.from(await readFile(path));
}
