/**
 * The worker thread in which itk-wasm runs: its console output stays out of ours, and a file that makes it hang or crash takes only
 * this thread with it. `@itk-wasm/dicom` is an optional peer and loaded here, on first use.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { ItkAnswer, ItkImage, ItkOrder } from "./itk-job.ts";

/** The part of itk-wasm's image that is used. */
interface RawImage {
  readonly imageType: { readonly components: number };
  readonly size: readonly number[];
  readonly spacing: readonly number[];
  readonly origin: readonly number[];
  readonly direction: ArrayLike<number>;
  readonly data: unknown;
}

/** The part of `@itk-wasm/dicom` that is used. */
interface DicomPackage {
  readImageDicomFileSeriesNode(options: {
    inputImages: readonly string[];
  }): Promise<{ outputImage: RawImage; sortedFilenames: unknown }>;
  readOverlappingSegmentationNode(
    path: string,
    options: { mergeSegments: boolean },
  ): Promise<{ segImage: RawImage; metaInfo: unknown }>;
}

function plain(image: RawImage): ItkImage {
  return {
    size: [...image.size],
    spacing: [...image.spacing],
    origin: [...image.origin],
    direction: Array.from(image.direction),
    components: image.imageType.components,
    data: image.data,
  };
}

async function answer({ job, packageName }: ItkOrder): Promise<ItkAnswer> {
  let dicom: DicomPackage;
  try {
    dicom = (await import(packageName)) as DicomPackage;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_MODULE_NOT_FOUND") return { kind: "missing-package", name: packageName };
    return { kind: "failed", message: `${packageName} cannot be loaded: ${String(error)}` };
  }
  try {
    if (job.kind === "dicom-series") {
      const { outputImage, sortedFilenames } = await dicom.readImageDicomFileSeriesNode({ inputImages: job.paths });
      return { kind: "image", image: plain(outputImage), information: sortedFilenames };
    }
    const { segImage, metaInfo } = await dicom.readOverlappingSegmentationNode(job.path, { mergeSegments: true });
    return { kind: "image", image: plain(segImage), information: metaInfo };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.postMessage(await answer(workerData as ItkOrder));
