/**
 * Real files of every format: two-rater NRRD masks against the reference counts, NRRD, MetaImage and NIfTI against ITK, DICOM against
 * its NRRD and NIfTI twins. Needs the shared data; where they are absent the test says so and the goldens remain.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import {
  compareGeometry,
  cornerDisplacementMm,
  countLabels,
  orientationCodes,
  readHeader,
  readLabelMap,
  readVolume,
  reorientLabelMap,
  reorientVolume,
  scaledValues,
  type Volume,
} from "./index.ts";
import { readDicomSegmentation, readHeaderFile, readLabelMapFile, readVolumeFile } from "./node/index.ts";

const shared = new URL("../../../../shared/", import.meta.url).pathname;

/** Runs a test on shared data, or says that they are absent. */
function realTest(name: string, needed: string, run: () => Promise<void>): void {
  test(name, async () => {
    if (!existsSync(shared + needed)) {
      console.warn(`${name}: ${needed} is absent; not compared`);
      return;
    }
    await run();
  });
}

interface OrganPair {
  readonly shape: number[];
  readonly spacing: number[];
  readonly voxels: [number, number];
}

realTest(
  "147 two-rater organs: shape, spacing and voxel counts of the reference values",
  "oracle/head-neck-two-raters.expected.json",
  async () => {
    const expected: Record<string, Record<string, OrganPair>> = JSON.parse(
      readFileSync(`${shared}oracle/head-neck-two-raters.expected.json`, "utf8"),
    );
    let pairs = 0;
    for (const [id, organs] of Object.entries(expected)) {
      for (const [organ, pair] of Object.entries(organs)) {
        const paths = ["oncologist", "radiographer"].map(
          (rater) => `${shared}data/head-neck-two-raters/${rater}/${id}/segmentations/${organ}.nrrd`,
        );
        const headers = await Promise.all(paths.map((path) => readHeaderFile(path)));
        for (const { geometry } of headers) {
          expect(geometry.shape).toEqual(pair.shape);
          expect(geometry.spacingMm).toEqual(pair.spacing);
        }
        expect(compareGeometry(headers[0]!.geometry, headers[1]!.geometry).kind).toBe("exact");
        // The voxels of one case; all of them are read when the evaluation is compared with the same reference values.
        if (id === "0522c0014") {
          for (const [rater, path] of paths.entries()) {
            expect(countLabels((await readLabelMapFile(path)).labels).get(1) ?? 0).toBe(pair.voxels[rater]);
          }
        }
        pairs += 1;
      }
    }
    expect(pairs).toBe(147);
  },
);

realTest(
  "stored in other axes: the metric cases 27 and 28 come back onto the reference",
  "oracle/metrics/gt",
  async () => {
    for (const name of ["27_flip_lps_pred", "28_axes_permuted_pred"]) {
      const [reference, prediction] = await Promise.all(
        ["gt", "pred"].map((side) => readLabelMapFile(`${shared}oracle/metrics/${side}/${name}.nii.gz`)),
      );
      const comparison = compareGeometry(reference!.geometry, prediction!.geometry);
      if (comparison.kind !== "reoriented") throw new Error(`${name}: ${comparison.kind}`);
      const matched = reorientLabelMap(prediction!, comparison.transform);
      expect(matched.geometry).toMatchObject({
        shape: reference!.geometry.shape,
        spacingMm: reference!.geometry.spacingMm,
      });
      // Both show the same ellipsoid as case 18, moved a little: they overlap only when the axes are right.
      let common = 0;
      for (const [voxel, label] of matched.labels.entries())
        common += Number(label > 0 && reference!.labels[voxel]! > 0);
      const sizes = [reference!, matched].map(({ labels }) => countLabels(labels).get(1) ?? 0);
      expect((2 * common) / (sizes[0]! + sizes[1]!)).toBeGreaterThan(0.8);
    }
  },
);

/** What the tests use of itk-wasm (its types cannot be resolved by name). */
interface ItkIo {
  readonly nrrdReadImageNode: ItkRead;
  readonly metaReadImageNode: ItkRead;
  readonly niftiReadImageNode: ItkRead;
}
type ItkRead = (path: string) => Promise<{
  image: { size: number[]; spacing: number[]; origin: number[]; direction: Float64Array; data: Volume["data"] };
}>;

async function itkRead(path: string, kind: keyof ItkIo): Promise<Volume> {
  const name = "@itk-wasm/image-io";
  const io: ItkIo = await import(name);
  const { image } = await io[kind](path);
  const rows = [0, 1, 2].flatMap((world) => [
    ...[0, 1, 2].map((axis) => (world < 2 ? -1 : 1) * image.direction[world * 3 + axis]! * image.spacing[axis]!),
    (world < 2 ? -1 : 1) * image.origin[world]!,
  ]);
  return {
    format: "nrrd",
    geometry: { shape: image.size as never, spacingMm: image.spacing as never, affine: rows as never },
    channels: 1,
    voxelType: "float64",
    slope: 1,
    intercept: 0,
    data: image.data,
  };
}

const itkFiles: [string, keyof ItkIo][] = [
  ["data/nrrd/brain1_image.nrrd", "nrrdReadImageNode"],
  ["data/nrrd/brain1_label.nrrd", "nrrdReadImageNode"],
  ["data/nrrd/prostate_phantom_subvolume.nrrd", "nrrdReadImageNode"],
  ["data/nrrd/prostate_phantom_subvolume-label.nrrd", "nrrdReadImageNode"],
  ["data/mha/3DCT_lung_baseline_mask.mha", "metaReadImageNode"],
  ["data/mha/3DCT_lung_baseline_small.mha", "metaReadImageNode"],
  ["data/spinal-cord/t2s.nii.gz", "niftiReadImageNode"],
];

for (const [file, kind] of itkFiles) {
  realTest(`${file}: as ITK reads it, by path and in a browser`, file, async () => {
    const [ours, itk] = await Promise.all([readVolumeFile(shared + file), itkRead(shared + file, kind)]);
    expect(ours.geometry.shape).toEqual(itk.geometry.shape);
    expect(Buffer.compare(Buffer.from(scaledValues(ours).buffer), Buffer.from(scaledValues(itk).buffer))).toBe(0);
    // ITK normalises directions, which costs it the last bits.
    expect(cornerDisplacementMm(ours.geometry.shape, ours.geometry.affine, itk.geometry.affine)).toBeLessThan(1e-4);
    const bytes = new Uint8Array(readFileSync(shared + file));
    expect(await readVolume(bytes)).toEqual(ours);
    const { data: _data, ...header } = ours;
    expect(await readHeader(bytes)).toEqual(header);
    expect(await readHeaderFile(shared + file)).toEqual(header);
  });
}

realTest("negative direction cosines lie where they should", "data/nrrd/prostate_phantom_subvolume.nrrd", async () => {
  const { geometry } = await readHeaderFile(`${shared}data/nrrd/prostate_phantom_subvolume.nrrd`);
  expect(geometry.affine).toEqual([
    0.5, 0, 0, -15.683382511138916, 0, 0.5, 0, -76.535760879516602, 0, 0, 3, -52.776130676269538,
  ]);
  expect(orientationCodes(geometry.affine)).toBe("RAS");
  expect(geometry.spacingMm).toEqual([0.5, 0.5, 3]);
});

realTest("label maps of every type in the spinal cord set read alike on both paths", "data/spinal-cord", async () => {
  for (const name of readdirSync(`${shared}data/spinal-cord`).filter((file) => file.endsWith(".nii.gz"))) {
    const path = `${shared}data/spinal-cord/${name}`;
    const attempt = async (read: Promise<unknown>): Promise<unknown> => read.catch((error: Error) => error.message);
    const inNode = await attempt(readLabelMapFile(path, { fileName: name }));
    const inBrowser = await attempt(readLabelMap(new Uint8Array(readFileSync(path)), { fileName: name }));
    expect(inBrowser).toEqual(inNode);
  }
});

realTest(
  "a label map with 117 classes and a long extension; a second reader agrees",
  "data/totalsegmentator/example_seg_fast.nii.gz",
  async () => {
    const path = `${shared}data/totalsegmentator/example_seg_fast.nii.gz`;
    const volume = await readVolumeFile(path);
    expect(volume.details?.nifti?.extensions.map(({ content }) => content.length)).toEqual([12_808]);
    const nifti = await import("nifti-reader-js");
    const inflated = gunzipSync(readFileSync(path));
    const buffer = inflated.buffer.slice(inflated.byteOffset, inflated.byteOffset + inflated.length) as ArrayBuffer;
    const header = nifti.readHeader(buffer)!;
    expect(new Uint8Array(nifti.readImage(header, buffer))).toEqual(
      new Uint8Array(volume.data.buffer, volume.data.byteOffset, volume.data.length),
    );
    expect(header.affine.slice(0, 3).flat()).toEqual([...volume.geometry.affine]);
  },
);

realTest("DICOM SEG equals its NRRD twins, overlapping segments included", "data/dicom-seg/liver.dcm", async () => {
  const folder = `${shared}data/dicom-seg/`;
  const [liver, twin] = await Promise.all([
    readLabelMapFile(`${folder}liver.dcm`),
    readLabelMapFile(`${folder}liver_seg.nrrd`),
  ]);
  expect(liver).toEqual(twin);
  const { labelMaps, segments } = await readDicomSegmentation(`${folder}partial_overlaps.dcm`);
  expect(labelMaps.length).toBe(3);
  for (const [index, labelMap] of labelMaps.entries()) {
    expect(labelMap).toEqual(await readLabelMapFile(`${folder}partial_overlaps-${index + 1}.nrrd`));
  }
  expect(segments.map(({ label, name }) => `${label} ${name}`).toSorted()).toEqual([
    "1 GREEN",
    "2 ORANGE",
    "3 PURPLE",
    "4 LIGHT_BLUE",
    "5 DARK_BLUE",
  ]);
  await expect(readLabelMapFile(`${folder}partial_overlaps.dcm`)).rejects.toMatchObject({ code: "SEG017" });
  await expect(readDicomSegmentation(`${folder}ct-3slice/01.dcm`)).rejects.toMatchObject({ code: "SEG002" });
  await expect(readVolumeFile(folder)).rejects.toMatchObject({
    code: "SEG006",
    message: expect.stringMatching(/2 DICOM series/),
  });
});

realTest(
  "a DICOM CT series lies on the grid of the segmentation made from it, and holds the same values",
  "data/totalsegmentator/example_ct_dicom",
  async () => {
    const ct = await readVolumeFile(`${shared}data/totalsegmentator/example_ct_dicom`);
    const segmentation = await readHeaderFile(`${shared}data/totalsegmentator/example_seg_dicom.nii.gz`);
    const comparison = compareGeometry(segmentation.geometry, ct.geometry);
    expect(comparison.kind).toBe("reoriented");
    if (comparison.kind === "reoriented")
      expect(reorientVolume(ct, comparison.transform).geometry.shape).toEqual(segmentation.geometry.shape);
    const values = scaledValues(ct);
    expect(values.reduce((least, value) => Math.min(least, value), 0)).toBeGreaterThanOrEqual(-8192);
    expect(values.reduce((least, value) => Math.min(least, value), 0)).toBeLessThan(-900);
  },
);
