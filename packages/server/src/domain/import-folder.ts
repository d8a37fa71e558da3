/**
 * A benchmark from a folder: `benchmark.yaml` and, per task, the files of its data folder. MSD, nnU-Net v2, AMOS and plain folders
 * all keep images and labels in `imagesTr`/`labelsTr`, `imagesVa`/`labelsVa`, `imagesTs`/`labelsTs`; what differs is how channels are
 * named. Labels of `Va` and `Ts` are hidden and sealed; those of `Tr` come with the data.
 */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { caseNameOf, compareNames, isVolumeName, readCaseAttributes, type Task } from "@segathlon/benchmark";
import { SegathlonError } from "@segathlon/errors";
import type { StoredSettings } from "../database/schema.ts";
import type { ThreadPool } from "../scoring/thread-pool.ts";
import type { ServerContext } from "../server-context.ts";
import { documentOf, findBenchmark, putBenchmark } from "./benchmark-store.ts";
import { storeCaseImage, storeFirstReference } from "./case-store.ts";

const splits = { Tr: "training", Va: "validation", Ts: "test" } as const;

export interface ImportProgress {
  readonly task: string;
  readonly file: string;
  readonly done: number;
  readonly total: number;
}

async function volumesIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  return (await readdir(folder)).filter((name) => isVolumeName(name)).sort(compareNames);
}

/** Case and channel of an image file: nnU-Net writes `case_0001.nii.gz` for the second channel, the others one file per case. */
function imagePlace(file: string, task: Task): { case: string; channel: string } {
  const name = caseNameOf(file);
  const [, base, digits] = /^(.*)_(\d{4})$/.exec(name) ?? [];
  if (task.data?.format === "nnunet" && base !== undefined && digits !== undefined)
    return { case: base, channel: task.channels[Number(digits)] ?? "all" };
  return { case: name, channel: task.channels.length === 1 ? (task.channels[0] ?? "all") : "all" };
}

async function attributesOf(
  folder: string,
): Promise<Readonly<Record<string, Readonly<Record<string, string | number>>>>> {
  const file = ["cases.csv", "cases.tsv"].map((name) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined) return {};
  const table: unknown = readCaseAttributes(await readFile(file, "utf8"), file);
  return table instanceof Map ? Object.fromEntries(table) : (table as Record<string, Record<string, string | number>>);
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
  const attributes = await attributesOf(data);
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
  for (const [suffix, split] of Object.entries(splits) as [
    keyof typeof splits,
    (typeof splits)[keyof typeof splits],
  ][]) {
    for (const file of await volumesIn(join(data, `labels${suffix}`))) {
      const name = caseNameOf(file);
      if (references.has(name)) continue;
      work.push({
        file,
        run: async () =>
          storeFirstReference(context, pool, benchmark, {
            task: task.id,
            case: name,
            split,
            part: null,
            attributes: attributes[name] ?? {},
            bytes: await ownBytes(join(data, `labels${suffix}`, file)),
            fileName: file,
          }),
      });
    }
    for (const file of await volumesIn(join(data, `images${suffix}`))) {
      const { case: name, channel } = imagePlace(file, task);
      if (images.has(`${name}\n${channel}`)) continue;
      work.push({
        file,
        run: async () =>
          storeCaseImage(context, pool, {
            benchmark: id,
            task: task.id,
            case: name,
            channel,
            split,
            bytes: await ownBytes(join(data, `images${suffix}`, file)),
            fileName: file,
            ...(attributes[name] === undefined ? {} : { attributes: attributes[name] }),
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
