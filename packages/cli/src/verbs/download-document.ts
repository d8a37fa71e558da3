/**
 * The `dataset.json` of downloaded files, so that they are a dataset which `check`, `stats`, `baseline` and `train` can open: the layout
 * of the Medical Segmentation Decathlon where every case has one image file, that of nnU-Net v2 where every channel has its own.
 */
import { caseNameOf } from "@segathlon/benchmark";
import type { TaskSummary } from "@segathlon/server/api";

/** Says who wrote a document: only such a document is written over. */
export const downloadedRelease = "segathlon download";

const channelFile = /_(\d{4})(\.[^_/]+)$/;

/** Ending of a file of one of so many channels (`CASE_0000.nii.gz`), else undefined: `amos_0042.nii.gz` is a case of that name. */
function channelEnding(path: string, channels: number): string | undefined {
  const [, number, ending] = channelFile.exec(path) ?? [];
  return number !== undefined && Number(number) < channels ? ending : undefined;
}

const folderOf = (path: string): string => path.slice(0, path.indexOf("/"));

/**
 * The document of a task's files.
 *
 * @param paths what lies on the disk, relative to the task's folder: `imagesTr/case.nii.gz`, `labelsTr/case.nii.gz`, ...
 * @returns null where the files fit neither layout.
 */
export function datasetDocument(
  task: Pick<TaskSummary, "id" | "channels" | "labels" | "licence">,
  paths: readonly string[],
): Readonly<Record<string, unknown>> | null {
  const inFolder = (name: string): string[] => paths.filter((path) => folderOf(path) === name);
  const images = paths.filter((path) => folderOf(path).startsWith("images"));
  const labels = new Map(inFolder("labelsTr").map((path) => [caseNameOf(path), path]));
  if (images.length === 0) return null;
  const common = {
    name: task.id,
    ...(task.licence === null ? {} : { licence: task.licence }),
    release: downloadedRelease,
  };
  const channels = Object.fromEntries(task.channels.map((name, index) => [String(index), name]));
  const endings = new Set(images.map((path) => channelEnding(path, task.channels.length)));
  const [ending] = endings;
  if (ending !== undefined && endings.size === 1 && images.every((path) => !labels.has(caseNameOf(path)))) {
    return { ...common, channel_names: channels, labels: task.labels, numTraining: labels.size, file_ending: ending };
  }
  const cases = new Set(images.map((path) => `${folderOf(path)}/${caseNameOf(path)}`));
  const training = inFolder("imagesTr").flatMap((image) => {
    const label = labels.get(caseNameOf(image));
    return label === undefined ? [] : [{ image: `./${image}`, label: `./${label}` }];
  });
  // More files than cases, or images without a partner, are several files for one case: no place for them in this layout.
  if (cases.size !== images.length || (labels.size > 0 && training.length < inFolder("imagesTr").length)) return null;
  const validation = inFolder("imagesVa").map((image) => ({ image: `./${image}` }));
  const test = inFolder("imagesTs").map((image) => `./${image}`);
  return {
    ...common,
    tensorImageSize: task.channels.length > 1 ? "4D" : "3D",
    modality: channels,
    labels: Object.fromEntries(Object.entries(task.labels).map(([name, value]) => [String(value), name])),
    numTraining: training.length,
    numTest: test.length,
    training,
    ...(validation.length === 0 ? {} : { validation }),
    test,
  };
}
