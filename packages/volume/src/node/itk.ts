/** Runs itk-wasm in a worker thread, with a time limit, and turns its images into ours. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { Affine, Geometry } from "../geometry.ts";
import { checkedGeometry } from "../header-checks.ts";
import { volumeError } from "../volume-error.ts";
import type { ItkAnswer, ItkImage, ItkJob, ItkOrder } from "./itk-job.ts";

/** The version that the peer dependencies name. */
const dicomPackage = { name: "@itk-wasm/dicom", version: "7.6.4" } as const;

export interface ItkOptions {
  /** A file that keeps ITK busy longer than this is refused. Default 300 s. */
  readonly maxSeconds?: number | undefined;
  /** The package that reads DICOM. */
  readonly package?: { readonly name: string; readonly version: string };
}

/**
 * Runs a job.
 *
 * @throws SegathlonError SEG016 when the optional package is missing, SEG002 when ITK cannot read the file or takes too long
 */
export async function runItk(
  job: ItkJob,
  file: string,
  options: ItkOptions = {},
): Promise<{ readonly image: ItkImage; readonly information: unknown }> {
  const { name, version } = options.package ?? dicomPackage;
  const seconds = options.maxSeconds ?? 300;
  const order: ItkOrder = { job, packageName: name };
  // By its export, so that the checkout finds the source and an installed package its built file.
  const path = createRequire(import.meta.url).resolve("@segathlon/volume/itk-worker");
  const worker = new Worker(pathToFileURL(path), { workerData: order, stdout: true, stderr: true });
  let timer: NodeJS.Timeout | undefined;
  try {
    const result = await new Promise<ItkAnswer>((resolve) => {
      worker.once("message", resolve);
      worker.once("error", (error) => resolve({ kind: "failed", message: String(error) }));
      worker.once("exit", (code) => resolve({ kind: "failed", message: `the reader stopped (exit code ${code})` }));
      timer = setTimeout(() => resolve({ kind: "failed", message: `not done after ${seconds} s` }), seconds * 1000);
    });
    if (result.kind === "image") return result;
    if (result.kind === "missing-package") {
      throw volumeError(
        "SEG016",
        file,
        `DICOM is read by the optional package ${result.name}, which is not installed`,
        {
          hint: `Run: npm install ${name}@${version}`,
        },
      );
    }
    throw volumeError("SEG002", file, `ITK cannot read the DICOM data: ${result.message.slice(0, 300)}`, {
      hint: "Convert it to NIfTI, or check it with a DICOM validator.",
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/** Geometry of an ITK image: LPS to RAS. */
export function itkGeometry(image: ItkImage, file: string): Geometry {
  const { size, spacing, origin, direction } = image;
  if (size.length !== 3) throw volumeError("SEG010", file, `ITK gives ${size.length} dimensions, not 3`);
  const rows = [0, 1, 2].flatMap((world) => {
    const row = [0, 1, 2].map((axis) => (direction[world * 3 + axis] as number) * (spacing[axis] as number));
    row.push(origin[world] as number);
    return row.map((value) => (world === 2 || value === 0 ? value + 0 : -value));
  });
  return checkedGeometry(
    {
      shape: [size[0] as number, size[1] as number, size[2] as number],
      spacingMm: [spacing[0] as number, spacing[1] as number, spacing[2] as number],
      affine: rows as unknown as Affine,
    },
    file,
  );
}
