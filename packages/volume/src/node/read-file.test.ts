import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import { SegathlonError } from "@segathlon/errors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeNifti, type LabelMap, labelMapVolume, readVolume, type Volume } from "../index.ts";
import {
  readFileBytes,
  readHeaderFile,
  readLabelMapFile,
  readVolumeFile,
  writeLabelMapFile,
  writeVolumeFile,
} from "./index.ts";

const labelMap: LabelMap = {
  geometry: { shape: [4, 3, 2], spacingMm: [0.5, 0.75, 2.5], affine: [-0.5, 0, 0, 3, 0, 0.75, 0, -7, 0, 0, 2.5, 11] },
  labels: Uint16Array.from({ length: 24 }, (_, index) => index * 67),
};

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "segathlon-volume-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function refusal(action: Promise<unknown>): Promise<SegathlonError> {
  const error = await action.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SegathlonError);
  return error as SegathlonError;
}

test.each(["a.nii", "a.nii.gz", "a.nrrd", "A.NII.GZ"])(
  "%s: what is written is read again, and nothing else is left",
  async (name) => {
    const own = join(folder, `write-${name}`);
    await mkdir(own);
    await writeLabelMapFile(join(own, name), labelMap);
    expect(await readLabelMapFile(join(own, name))).toEqual(labelMap);
    expect((await readHeaderFile(join(own, name))).geometry).toEqual(labelMap.geometry);
    expect(await readdir(own)).toEqual([name]);
  },
);

test("an unwritable place leaves no file behind and says so", async () => {
  expect(await refusal(writeLabelMapFile(join(folder, "none", "a.nii"), labelMap))).toMatchObject({
    code: "SEG001",
    message: expect.stringMatching(/cannot be written \(ENOENT\)/),
  });
  const taken = join(folder, "taken");
  await mkdir(join(taken, "a.nii"), { recursive: true });
  expect((await refusal(writeLabelMapFile(join(taken, "a.nii"), labelMap))).code).toBe("SEG001");
  expect(await readdir(taken)).toEqual(["a.nii"]);
  expect(await refusal(writeLabelMapFile(join(folder, "a.png"), labelMap))).toMatchObject({
    code: "SEG002",
    hint: expect.stringMatching(/\.nii\.gz/),
  });
});

test("a file written over is never half there", async () => {
  const path = join(folder, "over.nii.gz");
  await writeLabelMapFile(path, labelMap);
  const before = await readFile(path);
  const broken = { ...labelMapVolume(labelMap), data: new Uint16Array(3) };
  await expect(writeVolumeFile(path, broken)).rejects.toThrow(RangeError);
  expect(await readFile(path)).toEqual(before);
  // The same voxels give the same bytes: no time and no name in the gzip header.
  await writeLabelMapFile(join(folder, "again.nii.gz"), labelMap);
  expect(await readFile(join(folder, "again.nii.gz"))).toEqual(before);
});

/** Header and voxels of a pair, made from a single file. */
function pairOf(volume: Volume): { header: Uint8Array; voxels: Uint8Array } {
  const bytes = encodeNifti(volume);
  const header = bytes.slice(0, 352);
  header[345] = "i".charCodeAt(0);
  new DataView(header.buffer).setFloat32(108, 0, true);
  return { header, voxels: bytes.subarray(352) };
}

test("pairs are found from either half, compressed or not, in either case", async () => {
  const { header, voxels } = pairOf(labelMapVolume(labelMap));
  const own = join(folder, "pairs");
  await mkdir(own);
  await writeFile(join(own, "a.hdr"), header);
  await writeFile(join(own, "a.img"), voxels);
  await writeFile(join(own, "b.hdr.gz"), gzipSync(header));
  await writeFile(join(own, "b.img.gz"), gzipSync(voxels));
  await writeFile(join(own, "C.HDR"), header);
  await writeFile(join(own, "C.IMG"), voxels);
  await writeFile(join(own, "alone.hdr"), header);
  for (const name of ["a.hdr", "a.img", "b.hdr.gz", "b.img.gz", "C.HDR", "C.IMG"]) {
    expect(await readLabelMapFile(join(own, name))).toEqual(labelMap);
    expect((await readHeaderFile(join(own, name))).geometry).toEqual(labelMap.geometry);
  }
  expect(await refusal(readVolumeFile(join(own, "alone.hdr")))).toMatchObject({
    code: "SEG001",
    message: expect.stringMatching(/the \.img file of the pair is missing/),
  });
  await writeFile(join(own, "named.nii"), header);
  expect((await refusal(readVolumeFile(join(own, "named.nii")))).message).toMatch(/pair, but the file is not named so/);
  await writeFile(join(own, "long.hdr"), header);
  await writeFile(join(own, "long.img"), new Uint8Array([...voxels, 0]));
  expect((await refusal(readVolumeFile(join(own, "long.img")))).code).toBe("SEG005");
});

test("detached NRRD and MetaImage headers find their data beside them, and nowhere else", async () => {
  const own = join(folder, "detached");
  await mkdir(own);
  const raw = new Uint8Array(labelMap.labels.buffer as ArrayBuffer);
  const nrrd = (name: string): string =>
    `NRRD0005\ntype: uint16\ndimension: 3\nsizes: 4 3 2\nendian: little\nencoding: gzip\nspace: RAS\nspace directions: (-0.5,0,0) (0,0.75,0) (0,0,2.5)\nspace origin: (3,-7,11)\ndata file: ${name}\n`;
  await writeFile(join(own, "a.nhdr"), nrrd("a.raw.gz"));
  await writeFile(join(own, "a.raw.gz"), gzipSync(raw));
  const meta = (name: string): string =>
    `ObjectType = Image\nNDims = 3\nDimSize = 4 3 2\nElementSpacing = 0.5 0.75 2.5\nTransformMatrix = 1 0 0 0 -1 0 0 0 1\nOffset = -3 7 11\nElementType = MET_USHORT\nCompressedData = True\nElementDataFile = ${name}\n`;
  await writeFile(join(own, "b.mhd"), meta("b.zraw"));
  await writeFile(join(own, "b.zraw"), deflateSync(raw));
  expect(await readLabelMapFile(join(own, "a.nhdr"))).toEqual(labelMap);
  expect(await readLabelMapFile(join(own, "b.mhd"))).toEqual(labelMap);
  for (const name of ["../a.nii", "/etc/passwd", "sub/a.raw", "..", "a\\b"]) {
    await writeFile(join(own, "c.nhdr"), nrrd(name));
    await writeFile(join(own, "c.mhd"), meta(name));
    for (const file of ["c.nhdr", "c.mhd"]) {
      expect(await refusal(readVolumeFile(join(own, file)))).toMatchObject({
        code: "SEG006",
        message: expect.stringMatching(/lies outside the folder/),
      });
    }
  }
});

test("what is not a readable file is refused at once", async () => {
  expect(await refusal(readVolumeFile(join(folder, "nothing.nii")))).toMatchObject({
    code: "SEG001",
    message: expect.stringMatching(/does not exist/),
  });
  expect((await refusal(readHeaderFile(join(folder, "nothing.nii")))).code).toBe("SEG001");
  expect((await refusal(readFileBytes(folder))).message).toMatch(/is a folder/);
  await mkdir(join(folder, "empty"));
  expect((await refusal(readLabelMapFile(join(folder, "empty")))).message).toMatch(/holds no DICOM files/);
  await symlink(join(folder, "loop"), join(folder, "loop"));
  expect((await refusal(readVolumeFile(join(folder, "loop")))).code).toBe("SEG001");
  const pipe = join(folder, "pipe.nii");
  if (spawnSync("mkfifo", [pipe]).status === 0) {
    expect((await refusal(readVolumeFile(pipe))).message).toMatch(/not a regular file/);
    expect((await refusal(readHeaderFile(pipe))).message).toMatch(/not a regular file/);
  }
  const big = join(folder, "big.nii");
  const handle = await open(big, "w");
  await handle.truncate(6 * 1024 ** 3);
  await handle.close();
  expect(await refusal(readVolumeFile(big))).toMatchObject({
    code: "SEG009",
    message: expect.stringMatching(/6\.4 GB; the limit is 4\.3 GB/),
  });
  expect((await refusal(readVolumeFile(big, { maxFileBytes: 10 }))).message).toMatch(/limit is 10 bytes/);
});

test("a header is read from the first bytes of the file", async () => {
  // A damaged end does not matter, and neither does a size that could never be read.
  const noise = Uint8Array.from(
    { length: 400_000 },
    (_, index) => (Math.imul(index, 2_654_435_761) ^ (index * index)) >>> 13,
  );
  const volume = labelMapVolume({ geometry: { ...labelMap.geometry, shape: [100, 100, 40] }, labels: noise });
  const packed = gzipSync(encodeNifti(volume));
  packed.fill(0xff, 9000);
  const path = join(folder, "damaged.nii.gz");
  await writeFile(path, packed);
  expect((await readHeaderFile(path)).geometry.shape).toEqual([100, 100, 40]);
  expect((await refusal(readVolumeFile(path))).code).toMatch(/SEG00[345]/);
  const huge = encodeNifti(volume);
  for (const axis of [1, 2, 3]) new DataView(huge.buffer).setInt16(40 + 2 * axis, 30_000, true);
  await writeFile(join(folder, "huge.nii"), huge);
  expect((await readHeaderFile(join(folder, "huge.nii"))).geometry.shape).toEqual([30_000, 30_000, 30_000]);
});

test("long extensions are read from compressed and plain files, and kept on write", async () => {
  const block = encodeNifti(labelMapVolume(labelMap));
  const read = await readVolume(block);
  const content = Uint8Array.from({ length: 50_000 - 8 }, (_, index) => (index * 7919) >> 3);
  const details = read.details!;
  const volume: Volume = {
    ...read,
    details: {
      ...details,
      nifti: {
        ...details.nifti!,
        extensions: [
          { code: 6, content },
          { code: 44, content: content.subarray(0, 24) },
        ],
      },
    },
  };
  for (const name of ["ext.nii", "ext.nii.gz"]) {
    await writeVolumeFile(join(folder, name), volume);
    const header = await readHeaderFile(join(folder, name));
    expect(header.details?.nifti?.extensions).toEqual(volume.details?.nifti?.extensions);
    expect((await readLabelMapFile(join(folder, name))).labels).toEqual(labelMap.labels);
  }
});
