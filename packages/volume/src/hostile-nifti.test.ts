/** Files that lie, break off or bomb: one clear SegathlonError each, the same in Node and in a browser, before memory is spent. */
import { deflateSync, gzipSync } from "node:zlib";
import { type ErrorCode, SegathlonError } from "@segathlon/errors";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeNifti, encodeNrrd, labelMapVolume, readHeader, readLabelMap, readVolume, type Volume } from "./index.ts";
import { decodeLabelMap, decodeVolume } from "./node/index.ts";

const labels = Uint8Array.from({ length: 60 }, (_, index) => index % 4);
const volume: Volume = labelMapVolume({
  geometry: { shape: [5, 4, 3], spacingMm: [1, 2, 3], affine: [-1, 0, 0, 9, 0, 2, 0, -5, 0, 0, 3, 7] },
  labels,
});

type Edit = (view: DataView, bytes: Uint8Array) => void;

function edited(edit: Edit, version: 1 | 2 = 1): Uint8Array {
  const bytes = encodeNifti(volume, { version });
  edit(new DataView(bytes.buffer), bytes);
  return bytes;
}

async function refusal(bytes: Uint8Array, maxVoxelBytes?: number): Promise<SegathlonError> {
  const options = { fileName: "case_7.nii.gz", ...(maxVoxelBytes === undefined ? {} : { maxVoxelBytes }) };
  const inBrowser: unknown = await readLabelMap(bytes, options).then(
    () => null,
    (error: unknown) => error,
  );
  let inNode: unknown = null;
  try {
    decodeLabelMap(Buffer.from(bytes), options);
  } catch (error) {
    inNode = error;
  }
  expect(inBrowser).toBeInstanceOf(SegathlonError);
  expect(inNode).toBeInstanceOf(SegathlonError);
  expect((inNode as SegathlonError).message).toBe((inBrowser as SegathlonError).message);
  expect((inNode as SegathlonError).code).toBe((inBrowser as SegathlonError).code);
  expect((inNode as SegathlonError).message).toMatch(/^case_7\.nii\.gz: /);
  expect((inNode as SegathlonError).hint.length).toBeGreaterThan(10);
  return inNode as SegathlonError;
}

const dims =
  (...sizes: number[]): Edit =>
  (view) => {
    for (const [index, size] of sizes.entries()) view.setInt16(40 + 2 * index, size, true);
  };
const float =
  (at: number, value: number): Edit =>
  (view) =>
    view.setFloat32(at, value, true);
const short =
  (at: number, value: number): Edit =>
  (view) =>
    view.setInt16(at, value, true);

const cases: [string, Edit, ErrorCode, RegExp][] = [
  ["dim[0] = 0", dims(0), "SEG006", /dim\[0\] is 0/],
  ["dim[0] = 8", dims(8), "SEG006", /dim\[0\]/],
  ["dim[0] = -3", dims(-3), "SEG006", /dim\[0\]/],
  ["a dimension of 0", dims(3, 5, 0, 3), "SEG006", /dim\[2\] is 0/],
  ["a negative dimension", dims(3, 5, -4, 3), "SEG006", /dim\[2\] is -4/],
  [
    "32767 to the seventh",
    dims(7, 32767, 32767, 32767, 32767, 32767, 32767, 32767),
    "SEG006",
    /more voxels than can be counted/,
  ],
  ["60 GB over 1 kB", dims(3, 4000, 4000, 4000), "SEG009", /announces 64\.0 GB.*limit is 2\.1 GB/],
  ["1 GB over 1 kB", dims(3, 1000, 1000, 1000), "SEG003", /holds 60 bytes of voxels.*announces 1\.0 GB/],
  ["one slice too few announced", dims(3, 5, 4, 2), "SEG005", /holds 60 bytes of voxels.*announces 40 bytes/],
  ["four channels", (view) => dims(4, 5, 2, 2, 3)(view, new Uint8Array(0)), "SEG010", /3 channels \(5 x 2 x 2 x 3\)/],
  ["vox_offset NaN", float(108, Number.NaN), "SEG006", /vox_offset is NaN/],
  ["vox_offset negative", float(108, -352), "SEG006", /vox_offset is -352/],
  ["vox_offset inside the header", float(108, 100), "SEG006", /vox_offset is 100/],
  ["vox_offset with a fraction", float(108, 352.5), "SEG006", /vox_offset is 352\.5/],
  ["vox_offset beyond the file", float(108, 1e6), "SEG003", /holds 0 bytes of voxels/],
  ["vox_offset infinite", float(108, Number.POSITIVE_INFINITY), "SEG006", /vox_offset/],
  [
    "extensions up to a huge vox_offset",
    (view, bytes) => {
      bytes[348] = 1;
      view.setFloat32(108, 1e9, true);
    },
    "SEG009",
    /header and extensions/,
  ],
  [
    "an extension of negative size",
    (view, bytes) => {
      bytes[348] = 1;
      view.setFloat32(108, 400, true);
      view.setInt32(352, -16, true);
    },
    "SEG006",
    /extension 1 says it has -16 bytes/,
  ],
  [
    "an extension larger than its place",
    (view, bytes) => {
      bytes[348] = 1;
      view.setFloat32(108, 400, true);
      view.setInt32(352, 4096, true);
    },
    "SEG006",
    /extension 1 says it has 4096 bytes/,
  ],
  ["datatype complex64", short(70, 32), "SEG007", /complex64/],
  ["datatype RGB", short(70, 128), "SEG007", /RGB24/],
  ["datatype unknown", short(70, 999), "SEG007", /datatype 999/],
  ["bitpix against datatype", short(72, 16), "SEG006", /bitpix is 16, but datatype 2 \(uint8\) has 8 bits/],
  ["sform NaN", float(280, Number.NaN), "SEG015", /not finite/],
  ["sform infinite", float(292, Number.POSITIVE_INFINITY), "SEG015", /not finite/],
  [
    "sform all zero",
    (view) => {
      for (let at = 280; at < 328; at += 4) view.setFloat32(at, 0, true);
    },
    "SEG015",
    /steps 0, 0, 0 mm/,
  ],
  [
    "sform with two equal columns",
    (view) => {
      for (const row of [280, 296, 312]) view.setFloat32(row + 4, view.getFloat32(row, true), true);
    },
    "SEG015",
    /cannot be inverted/,
  ],
  ["sform with steps of 1e30 mm", float(280, 1e30), "SEG015", /steps/],
  ["spacing NaN", float(80, Number.NaN), "SEG006", /pixdim\[1\] is NaN/],
  ["spacing 0", float(84, 0), "SEG006", /pixdim\[2\] is 0/],
  ["spacing 1e-30", float(84, 1e-30), "SEG006", /spacing along axis 2/],
  ["spacing 1e30", float(84, 1e30), "SEG006", /spacing along axis 2/],
  ["spacing infinite", float(84, Number.POSITIVE_INFINITY), "SEG006", /spacing/],
  [
    "quaternion NaN",
    (view) => {
      view.setInt16(254, 0, true);
      view.setInt16(252, 1, true);
      view.setFloat32(256, Number.NaN, true);
    },
    "SEG015",
    /qform/,
  ],
  [
    "quaternion longer than 1",
    (view) => {
      view.setInt16(254, 0, true);
      view.setInt16(252, 1, true);
      view.setFloat32(256, 2, true);
    },
    "SEG015",
    /longer than 1/,
  ],
  [
    "scl_inter NaN with a slope",
    (view) => {
      view.setFloat32(112, 1, true);
      view.setFloat32(116, Number.NaN, true);
    },
    "SEG006",
    /scl_inter is NaN/,
  ],
  ["scl_slope 1e30", float(112, 1e30), "SEG008", /larger than 4294967295/],
  ["scl_slope that makes labels fractions", float(112, 0.3), "SEG008", /not a whole number/],
  [
    "scl_inter that makes labels negative",
    (view) => {
      view.setFloat32(112, 1, true);
      view.setFloat32(116, -1, true);
    },
    "SEG008",
    /voxel \(0, 0, 0\) holds -1, which is negative/,
  ],
];

// The magic alone is enough for nibabel and for us, so this case damages both marks.
cases.push([
  "no magic, no size",
  (_view, bytes) => {
    bytes.fill(0, 0, 4);
    bytes.fill(0, 344, 348);
  },
  "SEG002",
  /is neither NIfTI/,
]);

test.each(cases)("%s", async (_name, edit, code, message) => {
  const bytes = edited(edit);
  const plain = await refusal(bytes);
  expect(plain.code).toBe(code);
  expect(plain.message).toMatch(message);
  // Compressed, sizes are found out differently; the kind of error is the same.
  expect((await refusal(new Uint8Array(gzipSync(bytes)))).code).toBe(code);
});

test.each([
  ["dim[0] = 9", 16, 9n, "SEG006"],
  ["a dimension of 2^62", 24, 2n ** 62n, "SEG006"],
  ["a negative dimension", 24, -1n, "SEG006"],
  ["vox_offset of 2^62", 168, 2n ** 62n, "SEG006"],
] as const)("NIfTI-2: %s", async (_name, at, value, code) => {
  expect((await refusal(edited((view) => view.setBigInt64(at, value, true), 2))).code).toBe(code);
});

test("a pixdim of 0 is no harm on an axis of one voxel", async () => {
  const flat = labelMapVolume({ geometry: { ...volume.geometry, shape: [5, 12, 1] }, labels });
  const bytes = encodeNifti(flat);
  new DataView(bytes.buffer).setFloat32(88, 0, true);
  expect((await readHeader(bytes)).geometry.spacingMm).toEqual([1, 2, 1]);
});

test("text, nothing and other formats are told apart", async () => {
  const text = await refusal(new TextEncoder().encode("Dear reader, the file was not found on this server.\n"));
  expect(text.code).toBe("SEG002");
  expect(text.message).toMatch(/although its name ends in \.gz: it begins with text \("Dear reader/);
  expect((await refusal(new Uint8Array(0))).message).toMatch(/the file is empty/);
  const dicom = new Uint8Array(400);
  dicom.set([0x44, 0x49, 0x43, 0x4d], 128);
  expect((await refusal(dicom)).message).toMatch(/DICOM/);
  expect((await refusal(encodeNifti(volume).subarray(0, 300))).code).toBe("SEG002");
  expect((await refusal(encodeNifti(volume, { version: 2 }).subarray(0, 400))).code).toBe("SEG003");
});

const wide = labelMapVolume({
  geometry: { shape: [64, 64, 32], spacingMm: [1, 1, 1], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] },
  labels: Uint8Array.from({ length: 131_072 }, (_, index) => (index * 2_654_435_761) >>> 24),
});

test("gzip that breaks off anywhere", async () => {
  const packed = new Uint8Array(gzipSync(encodeNifti(wide)));
  for (const length of [2, 9, 10, 30, 400, 5000, packed.length - 9, packed.length - 8, packed.length - 1]) {
    const error = await refusal(packed.subarray(0, length));
    expect(["SEG003", "SEG004"]).toContain(error.code);
  }
  const late = await refusal(packed.subarray(0, packed.length - 1000));
  expect(late.code).toBe("SEG003");
  expect(late.message).toMatch(/gzip data ends early after .* the header announces 131\.4 kB/);
});

test("gzip with a wrong checksum, damaged bits or garbage behind it", async () => {
  const packed = new Uint8Array(gzipSync(encodeNifti(wide)));
  const checksum = packed.slice();
  checksum[packed.length - 6]! ^= 1;
  expect(await refusal(checksum)).toMatchObject({ code: "SEG004", message: expect.stringMatching(/checksum/) });
  const bits = packed.slice();
  bits.fill(0xff, packed.length >> 1, (packed.length >> 1) + 100);
  expect((await refusal(bits)).code).toMatch(/SEG00[345]/);
  const garbage = new Uint8Array([...packed, ...new TextEncoder().encode("<html>")]);
  expect(await refusal(garbage)).toMatchObject({
    code: "SEG004",
    message: expect.stringMatching(/6 bytes that are not gzip/),
  });
});

test("a gzip bomb is stopped at what its header announces", async () => {
  const bomb = new Uint8Array(encodeNifti(volume).length + 300 * 1024 * 1024);
  bomb.set(encodeNifti(volume));
  const packed = new Uint8Array(gzipSync(bomb, { level: 1 }));
  const before = process.memoryUsage().arrayBuffers;
  const error = await refusal(packed);
  expect(error).toMatchObject({ code: "SEG005", message: expect.stringMatching(/holds more data than the 412 bytes/) });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  // The other way round: a small stream under a header that announces as much as the limit allows.
  const claim = await refusal(new Uint8Array(gzipSync(edited(dims(3, 1000, 1000, 1000)))));
  expect(claim).toMatchObject({ code: "SEG003", message: expect.stringMatching(/cannot hold more than/) });
});

test("the limit is the caller's", async () => {
  expect(await refusal(encodeNifti(wide), 1000)).toMatchObject({
    code: "SEG009",
    message: expect.stringMatching(/131\.1 kB of voxels \(64 x 64 x 32, uint8\); the limit is 1000 bytes/),
  });
});

/** Mutated files of every kind: an answer or a SegathlonError, nothing else, and no more memory than the limit. */
const seeds: Uint8Array[] = [
  encodeNifti(volume),
  encodeNifti(volume, { version: 2 }),
  new Uint8Array(gzipSync(encodeNifti(volume))),
  new Uint8Array(Buffer.concat([encodeNrrd(volume).header, gzipSync(encodeNrrd(volume).voxels)])),
  new TextEncoder().encode(
    `NRRD0004\ntype: short\ndimension: 3\nsizes: 2 2 2\nspacings: 1 1 1\nencoding: ascii\n\n1 2 3 4 5 6 7 8\n`,
  ),
  new Uint8Array(
    Buffer.concat([
      Buffer.from(
        "ObjectType = Image\nNDims = 3\nDimSize = 5 4 3\nElementSpacing = 1 2 3\nCompressedData = True\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n",
      ),
      deflateSync(labels),
    ]),
  ),
];

test("random damage never gives anything but an answer or a SegathlonError", async () => {
  const mutation = fc.record({
    seed: fc.integer({ min: 0, max: seeds.length - 1 }),
    changes: fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 8 }),
    cut: fc.option(fc.nat(4000), { freq: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(mutation, async ({ seed, changes, cut }) => {
      const bytes = new Uint8Array(seeds[seed]!).slice(0, cut === null ? undefined : cut % seeds[seed]!.length);
      for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
      const options = { maxVoxelBytes: 1024 * 1024 };
      const outcomes: string[] = [];
      for (const read of [
        () => readVolume(bytes, options),
        async () => decodeVolume(bytes, options),
        () => readLabelMap(bytes, options),
      ]) {
        try {
          const result = await read();
          expect(("data" in result ? result.data : result.labels).byteLength).toBeLessThanOrEqual(1024 * 1024);
          outcomes.push("read");
        } catch (error) {
          expect(error).toBeInstanceOf(SegathlonError);
          outcomes.push((error as SegathlonError).message);
        }
      }
      expect(outcomes[1]).toBe(outcomes[0]);
    }),
    { numRuns: 1500, seed: 20260101 },
  );
});
