/** Plain folders: `images` and `labels` side by side, or label maps named after their images (`x.nii.gz`, `x_seg.nii.gz`). */
import { SegathlonError } from "@segathlon/errors";
import type { Dataset, ReadingNote } from "../dataset.ts";
import type { DatasetSource } from "../dataset-source.ts";
import { folderName, stem } from "../file-name.ts";
import { type Draft, finishCases, listFiles, readLicenceFiles, readTables } from "./folder-layout.ts";
import { channelsFile, labelsFile, readChannelsFile, readLabelsFile, readSplits } from "./sidecar.ts";

const labelFolder = /(^|\/)(labels?|segs?|segmentations?|masks?|annotations?|references?|gt)$/i;
const labelSuffix = /[-_.](seg|segmentation|label|labels|mask|gt|lesion|manual|annotation)$/i;
const imageSuffix = /[-_.](image|img|ct|mr|mri|0000)$/i;

/** Reads folders without a document. @throws SegathlonError SEG202 when there is no volume */
export async function readPlain(source: DatasetSource): Promise<Dataset> {
  const listing = listFiles(source);
  const notes: ReadingNote[] = [...listing.notes];
  if (listing.volumes.length === 0) {
    throw new SegathlonError("SEG202", `${source.name} holds no volume (.nii.gz, .nii, .nrrd, .mha)`, {
      where: { file: source.name },
    });
  }
  const splits = await readSplits(source);
  const drafts = new Map<string, Draft>();
  for (const file of listing.volumes) {
    const name = stem(file);
    const isLabel = labelFolder.test(folderName(file)) || labelSuffix.test(name);
    const id = name.replace(labelSuffix, "").replace(imageSuffix, "");
    const draft = drafts.get(id) ?? { id, split: splits.get(id) ?? "train", listed: true };
    drafts.set(id, draft);
    if (isLabel ? draft.label !== undefined : draft.image !== undefined) {
      notes.push({
        kind: "unused-file",
        file,
        case: id,
        message: `${file} is a second ${isLabel ? "label map" : "image"} of ${id}`,
      });
    } else if (isLabel) draft.label = { kind: "label-map", file };
    else draft.image = { kind: "one-file", file };
  }
  // Without a list of splits, images without labels are what is to be predicted, as long as other cases have labels.
  const anyLabel = [...drafts.values()].some((draft) => draft.label !== undefined);
  if (splits.size === 0 && anyLabel) {
    for (const draft of drafts.values())
      if (/(^|\/)(imagesTs|test|testing)$/i.test(folderName(draft.image?.kind === "one-file" ? draft.image.file : "")))
        draft.split = "test";
  }
  const tables = (await readTables(source, [...drafts.keys()])).filter(
    (table) => table.file !== labelsFile && table.file !== channelsFile,
  );
  return {
    format: "plain",
    name: source.name,
    description: "",
    reference: "",
    release: "",
    licences: await readLicenceFiles(source),
    channels: await readChannelsFile(source),
    labels: await readLabelsFile(source),
    regions: [],
    cases: finishCases(drafts.values(), tables),
    folds: [],
    declared: {},
    tables,
    notes,
    otherKeys: {},
  };
}
