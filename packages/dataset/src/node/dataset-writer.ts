/**
 * Writes a dataset case by case in any of the formats. Everything goes into a folder beside the target that takes the target's name
 * when the last file is complete: a reader never sees half a dataset.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { gzip as gzipCallback } from "node:zlib";
import { SegathlonError } from "@segathlon/errors";
import { type Volume, voxelTypeOf } from "@segathlon/volume";
import { decodeLabelMap, decodeVolume, writeVolumeFile } from "@segathlon/volume/node";
import { joinChannels, splitChannels } from "../channel-volumes.ts";
import type { CaseAttributes, Dataset, DatasetCase, DatasetFormat, SplitName } from "../dataset.ts";
import { hasControlCharacter } from "../file-name.ts";
import { bidsPaths, bidsSubject } from "../formats/bids.ts";
import { monaiDocument } from "../formats/monai.ts";
import { msdDocument, msdPaths } from "../formats/msd.ts";
import { nnunetDocument, nnunetPaths, trainingIds } from "../formats/nnunet.ts";
import { casesFile, channelsFile, csvText, labelsFile } from "../formats/sidecar.ts";
import { structureFileNames } from "../formats/structures.ts";

const gzip = promisify(gzipCallback);

/** A volume to be written: the bytes of a file that may be copied as they are, or voxels. */
export type CaseVolume =
  | { readonly kind: "file"; readonly extension: string; readonly bytes: Uint8Array; readonly channels: number }
  | { readonly kind: "volume"; readonly volume: Volume };

export interface WritableCase {
  readonly id: string;
  readonly split: SplitName;
  /** One volume with all channels or one volume per channel; empty for a case without image. */
  readonly images: readonly CaseVolume[];
  readonly label?: CaseVolume;
  readonly attributes: CaseAttributes;
}

/** What the written documents say about the dataset. */
export type DatasetHead = Omit<Dataset, "cases" | "format" | "tables" | "notes" | "declared" | "documentFile">;

export interface DatasetWriter {
  readonly addCase: (one: WritableCase) => Promise<void>;
  /** A further file, such as LICENSE or the metadata table of the source. */
  readonly addFile: (path: string, bytes: Uint8Array) => Promise<void>;
  /** Writes the documents and gives the folder its name. */
  readonly finish: () => Promise<void>;
  /** Removes what was written. */
  readonly abandon: () => Promise<void>;
}

/**
 * Starts a dataset in `folder`, which must not exist or be empty.
 *
 * @throws SegathlonError SEG205 when the folder holds something, SEG212 when it cannot be made
 */
export async function createDatasetWriter(
  folder: string,
  format: DatasetFormat,
  head: DatasetHead,
): Promise<DatasetWriter> {
  const target = resolve(folder);
  const present = await readdir(target).catch(() => []);
  if (present.length > 0) {
    throw new SegathlonError("SEG205", `${folder} already holds ${present.length} entries`, {
      where: { file: folder },
    });
  }
  const work = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.partial`);
  await mkdir(work, { recursive: true }).catch((error: unknown) => {
    throw new SegathlonError("SEG212", `${dirname(target)} cannot be written`, {
      where: { file: dirname(target) },
      cause: error,
    });
  });
  const written: WrittenCase[] = [];
  const put = async (path: string, bytes: Uint8Array): Promise<void> => {
    const file = join(work, ...path.split("/"));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  };
  const text = (path: string, content: string): Promise<void> => put(path, new TextEncoder().encode(content));
  const layout = layouts[format];
  let tableGiven = false;
  return {
    async addCase(one) {
      if (!isFileName(one.id)) {
        throw new SegathlonError("SEG213", `case ${JSON.stringify(one.id.slice(0, 200))} cannot be a file name`, {
          where: { case: one.id.slice(0, 200) },
        });
      }
      if (written.some((other) => other.id === one.id)) {
        throw new SegathlonError("SEG209", `case ${one.id} is written twice`, { where: { case: one.id } });
      }
      const volumes = layout.channels === "together" ? await together(one) : apart(one);
      const extension = ".nii.gz";
      const paths = layout.paths(one, Math.max(1, volumes.length), head, extension);
      for (const [n, volume] of volumes.entries()) await writeVolume(work, paths.images[n] ?? "", volume);
      if (one.label !== undefined) {
        if (layout.labels === "masks") await writeMasks(work, paths.label, one.label, head);
        else await writeVolume(work, paths.label, one.label);
      }
      written.push({
        id: one.id,
        split: one.split,
        attributes: one.attributes,
        images: paths.images.slice(0, volumes.length),
        ...(one.label === undefined ? {} : { label: paths.label }),
      });
    },
    async addFile(path, bytes) {
      if (/\.(csv|tsv)$/i.test(path)) tableGiven = true;
      await put(path, bytes);
    },
    async finish() {
      for (const [path, content] of Object.entries(layout.documents(head, written))) await text(path, content);
      const columns = [...new Set(written.flatMap((one) => Object.keys(one.attributes)))];
      if (!tableGiven && columns.length > 0 && !layout.holdsAttributes) {
        await text(
          "metadata.csv",
          csvText(
            ["case", ...columns],
            written.map((one) => [one.id, ...columns.map((name) => one.attributes[name] ?? null)]),
          ),
        );
      }
      // An empty folder makes room; one that was filled meanwhile stays, and the rename says so.
      await rmdir(target).catch(() => undefined);
      await rename(work, target).catch((cause: unknown) => {
        throw new SegathlonError("SEG212", `${folder} cannot take its name`, { where: { file: folder }, cause });
      });
    },
    abandon: () => rm(work, { recursive: true, force: true }),
  };
}

/** Case names come from documents: they must not lead out of the folder. */
function isFileName(id: string): boolean {
  return id !== "" && id.length <= 200 && !/[\\/:*?"<>|]/.test(id) && !id.startsWith(".") && !hasControlCharacter(id);
}

interface WrittenCase {
  readonly id: string;
  readonly split: SplitName;
  readonly attributes: CaseAttributes;
  readonly images: readonly string[];
  readonly label?: string;
}

interface Layout {
  readonly channels: "together" | "apart";
  readonly labels: "label-map" | "masks";
  /** Whether its documents have a place for the attributes of cases. */
  readonly holdsAttributes: boolean;
  readonly paths: (
    one: Pick<WritableCase, "id" | "split">,
    channels: number,
    head: DatasetHead,
    extension: string,
  ) => { images: readonly string[]; label: string };
  readonly documents: (head: DatasetHead, cases: readonly WrittenCase[]) => Readonly<Record<string, string>>;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const asDataset = (head: DatasetHead): Omit<Dataset, "cases"> => ({
  ...head,
  format: "msd",
  declared: {},
  tables: [],
  notes: [],
});
const withLabel = (one: WrittenCase): Pick<DatasetCase, "id" | "split" | "label"> => ({
  id: one.id,
  split: one.split,
  ...(one.label === undefined ? {} : { label: { kind: "label-map", file: one.label } as const }),
});
const labelTable = (head: DatasetHead): string =>
  csvText(
    ["value", "name"],
    head.labels.map(({ value, name }) => [value, name]),
  );

const channelTable = (head: DatasetHead): string =>
  csvText(
    ["channel", "name"],
    head.channels.map((name, n) => [n, name]),
  );

const msdLayout: Layout = {
  channels: "together",
  labels: "label-map",
  holdsAttributes: false,
  paths: ({ id, split }, _channels, _head, extension) => {
    const { image, label } = msdPaths(id, split, extension);
    return { images: [image], label };
  },
  documents: (head, cases) => ({ "dataset.json": json(msdDocument(asDataset(head), cases.map(withLabel), ".nii.gz")) }),
};

const channelNames = (head: DatasetHead, count: number): string[] =>
  Array.from({ length: count }, (_, n) => head.channels[n] ?? `channel${n}`);

const layouts: Readonly<Record<DatasetFormat, Layout>> = {
  msd: msdLayout,
  amos: msdLayout,
  nnunet: {
    channels: "apart",
    labels: "label-map",
    holdsAttributes: false,
    paths: ({ id, split }, channels, _head, extension) => nnunetPaths(id, split, channels, extension),
    documents(head, cases) {
      const validation = cases.filter((one) => one.split === "validation").map((one) => one.id);
      const folds =
        head.folds.length > 0
          ? head.folds.map(({ train, validation: val }) => ({ train, val }))
          : validation.length > 0
            ? [{ train: trainingIds(cases).filter((id) => !validation.includes(id)), val: validation }]
            : [];
      return {
        "dataset.json": json(nnunetDocument(asDataset(head), cases, ".nii.gz")),
        ...(folds.length > 0 ? { "splits_final.json": json(folds) } : {}),
      };
    },
  },
  monai: {
    channels: "apart",
    labels: "label-map",
    holdsAttributes: false,
    paths: ({ id, split }, channels, _head, extension) => {
      const { image, label } = msdPaths(id, split, extension);
      return channels === 1 ? { images: [image], label } : nnunetPaths(id, split, channels, extension);
    },
    documents(head, cases) {
      const byId = new Map(cases.map((one) => [one.id, one]));
      return { "datalist.json": json(monaiDocument(asDataset(head), cases, (id) => byId.get(id) ?? { images: [] })) };
    },
  },
  bids: {
    channels: "apart",
    labels: "label-map",
    holdsAttributes: true,
    paths: ({ id }, channels, head, extension) => bidsPaths(id, channelNames(head, channels), extension),
    documents(head, cases) {
      const columns = [...new Set(cases.flatMap((one) => Object.keys(one.attributes)))];
      const cell = (value: unknown): string =>
        value === null || value === undefined ? "n/a" : String(value).replace(/[\t\n\r]/g, " ");
      const tsv = (rows: readonly (readonly unknown[])[]): string =>
        rows.map((row) => `${row.map(cell).join("\t")}\n`).join("");
      return {
        "dataset_description.json": json({
          Name: head.name,
          BIDSVersion: "1.10.0",
          DatasetType: "raw",
          Description: head.description,
          Reference: head.reference,
          Version: head.release,
          License: head.licences[0]?.value ?? "",
          Channels: head.channels,
        }),
        "derivatives/labels/dataset_description.json": json({
          Name: `${head.name} labels`,
          BIDSVersion: "1.10.0",
          DatasetType: "derivative",
          GeneratedBy: [{ Name: "segathlon" }],
        }),
        "derivatives/labels/dseg.tsv": tsv([
          ["index", "name"],
          [0, "background"],
          ...head.labels.map(({ value, name }) => [value, name]),
        ]),
        "participants.tsv": tsv([
          ["participant_id", "source_case", "split", ...columns],
          ...cases.map((one) => [
            `sub-${bidsSubject(one.id)}`,
            one.id,
            one.split,
            ...columns.map((name) => one.attributes[name]),
          ]),
        ]),
      };
    },
  },
  structures: {
    channels: "apart",
    labels: "masks",
    holdsAttributes: true,
    paths: ({ id }, channels, head, extension) => ({
      images: structureFileNames(channelNames(head, channels)).map((name) => `${id}/${name}${extension}`),
      label: `${id}/segmentations`,
    }),
    documents: (head, cases) => ({
      [labelsFile]: labelTable(head),
      [channelsFile]: channelTable(head),
      [casesFile]: casesTable(cases),
    }),
  },
  plain: {
    channels: "together",
    labels: "label-map",
    holdsAttributes: true,
    paths: ({ id }, _channels, _head, extension) => ({
      images: [`images/${id}${extension}`],
      label: `labels/${id}${extension}`,
    }),
    documents: (head, cases) => ({
      [labelsFile]: labelTable(head),
      [channelsFile]: channelTable(head),
      [casesFile]: casesTable(cases),
    }),
  },
};

function casesTable(cases: readonly WrittenCase[]): string {
  const columns = [...new Set(cases.flatMap((one) => Object.keys(one.attributes)))].filter((name) => name !== "split");
  return csvText(
    ["case", "split", ...columns],
    cases.map((one) => [one.id, one.split, ...columns.map((name) => one.attributes[name] ?? null)]),
  );
}

const readable = (one: CaseVolume): Volume =>
  one.kind === "volume" ? one.volume : decodeVolume(one.bytes, { fileName: `file${one.extension}` });

async function together(one: WritableCase): Promise<readonly CaseVolume[]> {
  if (one.images.length < 2) return one.images;
  return [{ kind: "volume", volume: joinChannels(one.images.map(readable), one.id) }];
}

function apart(one: WritableCase): readonly CaseVolume[] {
  const [first] = one.images;
  if (one.images.length !== 1 || first === undefined) return one.images;
  const channels = first.kind === "file" ? first.channels : first.volume.channels;
  if (channels === 1) return one.images;
  return splitChannels(readable(first)).map((volume) => ({ kind: "volume", volume }));
}

/** A file of the right kind is copied byte for byte; `.nii` is only compressed; anything else is read and written as NIfTI. */
async function writeVolume(work: string, path: string, one: CaseVolume): Promise<void> {
  const file = join(work, ...path.split("/"));
  await mkdir(dirname(file), { recursive: true });
  if (one.kind === "file" && one.extension === ".nii.gz") await writeFile(file, one.bytes);
  else if (one.kind === "file" && one.extension === ".nii") await writeFile(file, await gzip(one.bytes));
  else await writeVolumeFile(file, readable(one));
}

async function writeMasks(work: string, folder: string, one: CaseVolume, head: DatasetHead): Promise<void> {
  const bytesOrVolume =
    one.kind === "file" ? decodeLabelMap(one.bytes, { fileName: `file${one.extension}` }) : undefined;
  const volume = one.kind === "volume" ? one.volume : undefined;
  const geometry = bytesOrVolume?.geometry ?? volume?.geometry;
  const data = bytesOrVolume?.labels ?? volume?.data;
  if (geometry === undefined || data === undefined) throw new RangeError("a label volume has no voxels");
  const names = structureFileNames(head.labels.map((label) => label.name));
  for (const [n, { value }] of head.labels.entries()) {
    const mask = new Uint8Array(data.length);
    for (let p = 0; p < data.length; p += 1) if (Number(data[p]) === value) mask[p] = 1;
    await writeVolume(work, `${folder}/${names[n]}.nii.gz`, {
      kind: "volume",
      volume: {
        format: "nifti1",
        geometry,
        channels: 1,
        voxelType: voxelTypeOf(mask),
        slope: 1,
        intercept: 0,
        data: mask,
      },
    });
  }
}
