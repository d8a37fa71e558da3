/** The files of one case for the viewer: fetched, bounded, read by our own reader. */
import type { Case } from "@segathlon/server/api";
import { routeUrl } from "@segathlon/server/api";
import { type LabelMap, readLabelMap } from "@segathlon/volume";

/** Larger files are not loaded into a page: the browser would run out of memory. */
const largestFile = 1.5e9;
/** Two float images of this many voxels are about what a tab can hold. */
const mostVoxels = 400_000_000;

async function fetchBytes(url: string, what: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url, { signal });
  if (!response.ok) {
    const problem: { detail?: string } = await response.json().catch(() => ({}));
    throw new Error(`${what} could not be loaded: ${problem.detail ?? `the server answered ${response.status}`}`);
  }
  const bytes = Number(response.headers.get("content-length") ?? 0);
  if (bytes > largestFile)
    throw new Error(
      `${what} has ${(bytes / 1e9).toFixed(1)} GB, too much for a page; download it and use a desktop viewer`,
    );
  return new Uint8Array(await response.arrayBuffer());
}

/** File name ending by which the viewer knows the format; gzip is seen in the bytes. */
function volumeName(bytes: Uint8Array): string {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? "image.nii.gz" : "image.nii";
}

export interface CaseFiles {
  readonly image: { readonly name: string; readonly bytes: ArrayBuffer };
  readonly reference: LabelMap | null;
  readonly prediction: LabelMap | null;
  /** Why a prediction that was asked for is not there. */
  readonly predictionProblem: string | null;
}

export async function loadCaseFiles(
  item: Case,
  channel: string,
  submission: string | undefined,
  signal: AbortSignal,
): Promise<CaseFiles> {
  const image = item.images.find((file) => file.channel === channel) ?? item.images[0];
  if (image === undefined) throw new Error("the image of this case is not open to you");
  if (item.shape !== null && item.shape.reduce((product, size) => product * size, 1) > mostVoxels)
    throw new Error(
      `the image has ${item.shape.join(" x ")} voxels, more than a page can hold; download it and use a desktop viewer`,
    );
  const labels = async (url: string, what: string): Promise<LabelMap> =>
    readLabelMap(await fetchBytes(url, what, signal), { fileName: what, maxVoxelBytes: largestFile });
  const predictionOf = async (): Promise<{ map: LabelMap | null; problem: string | null }> => {
    if (submission === undefined) return { map: null, problem: null };
    try {
      const url = routeUrl("getPrediction", { submission, task: item.task, case: item.case });
      return { map: await labels(url, `The prediction of submission ${submission}`), problem: null };
    } catch (error) {
      signal.throwIfAborted();
      return { map: null, problem: error instanceof Error ? error.message : String(error) };
    }
  };
  const [bytes, reference, prediction] = await Promise.all([
    fetchBytes(image.url, "The image", signal),
    item.reference === null ? null : labels(item.reference.url, "The reference"),
    predictionOf(),
  ]);
  return {
    image: { name: volumeName(bytes), bytes: bytes.buffer },
    reference,
    prediction: prediction.map,
    predictionProblem: prediction.problem,
  };
}
