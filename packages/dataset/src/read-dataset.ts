/** Reads a dataset in whatever known format it is. */
import { SegathlonError } from "@segathlon/errors";
import type { Dataset, DatasetFormat } from "./dataset.ts";
import { maxDocumentBytes, parseDatasetJson } from "./dataset-json.ts";
import type { DatasetSource } from "./dataset-source.ts";
import { looksLikeBids, readBids } from "./formats/bids.ts";
import { listFiles } from "./formats/folder-layout.ts";
import { findDatalist, readMonai } from "./formats/monai.ts";
import { readMsd } from "./formats/msd.ts";
import { isNnunetDocument, readNnunet } from "./formats/nnunet.ts";
import { readPlain } from "./formats/plain.ts";
import { looksLikeStructures, readStructures } from "./formats/structures.ts";

const readers: Readonly<Record<DatasetFormat, (source: DatasetSource) => Promise<Dataset>>> = {
  msd: readMsd,
  amos: readMsd,
  nnunet: readNnunet,
  monai: readMonai,
  bids: readBids,
  structures: readStructures,
  plain: readPlain,
};

/** Names that `--format` takes. */
export const datasetFormats = Object.keys(readers) as DatasetFormat[];

/** The format of a source, from its documents and folder names. */
export async function detectFormat(source: DatasetSource): Promise<DatasetFormat> {
  const listing = listFiles(source);
  if (listing.paths.has("dataset.json")) {
    const json = parseDatasetJson(await source.read("dataset.json", maxDocumentBytes), "dataset.json");
    if (isNnunetDocument(json)) return "nnunet";
    const perChannel = [...(json.training ?? []), ...(json.testing ?? [])].some(
      (entry) => typeof entry !== "string" && (Array.isArray(entry.image) || entry.fold !== undefined),
    );
    if (perChannel || json.testing !== undefined) return "monai";
    if (json.training !== undefined || json.test !== undefined) return json.validation === undefined ? "msd" : "amos";
  }
  if (looksLikeBids(listing)) return "bids";
  if ((await findDatalist(source)) !== undefined) return "monai";
  if (looksLikeStructures(listing)) return "structures";
  if (listing.volumes.length > 0) return "plain";
  throw new SegathlonError(
    "SEG202",
    `${source.name} holds no dataset.json and no volume (.nii.gz, .nii, .nrrd, .mha)`,
    {
      where: { file: source.name },
    },
  );
}

/**
 * Reads the documents and the file list of a dataset; no voxel is touched.
 *
 * @throws SegathlonError SEG202 when there is no case, SEG201 when a document cannot be understood
 *
 * @example
 * ```ts
 * const source = await openSource("Task09_Spleen"); // from @segathlon/dataset/node
 * const dataset = await readDataset(source);
 * dataset.cases.length; // 61
 * ```
 */
export async function readDataset(source: DatasetSource, format?: DatasetFormat): Promise<Dataset> {
  const dataset = await readers[format ?? (await detectFormat(source))](source);
  if (dataset.cases.length === 0) {
    throw new SegathlonError("SEG202", `${source.name}: no case found as format ${dataset.format}`, {
      where: { file: source.name },
    });
  }
  return dataset;
}
