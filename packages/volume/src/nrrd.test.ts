import { gzipSync } from "node:zlib";
import { type ErrorCode, SegathlonError } from "@segathlon/errors";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeNrrd, orientationCodes, readHeader, readVolume, type Volume, voxelTypeOf } from "./index.ts";
import { decodeVolume } from "./node/index.ts";

function file(lines: string, voxels: Uint8Array = new Uint8Array(0), newline = "\n"): Uint8Array {
  const header = ["NRRD0004", "# a comment", ...lines.split("\n"), "", ""].join(newline);
  return new Uint8Array(Buffer.concat([Buffer.from(header, "latin1"), voxels]));
}

const basic = "type: short\ndimension: 3\nsizes: 2 1 2\nendian: big\nencoding: raw";
const voxels = Uint8Array.of(0, 1, 255, 254, 1, 0, 127, 255);
const values = [1, -2, 256, 32_767];

async function both(bytes: Uint8Array): Promise<Volume> {
  const volume = await readVolume(bytes);
  expect(decodeVolume(Buffer.from(bytes))).toEqual(volume);
  return volume;
}

async function refusal(bytes: Uint8Array): Promise<SegathlonError> {
  const error = await readVolume(bytes, { fileName: "a.nrrd" }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SegathlonError);
  expect((error as Error).message).toMatch(/^a\.nrrd: /);
  return error as SegathlonError;
}

test("raw, gzip, ascii and hex hold the same voxels; both line ends", async () => {
  const files = [
    file(basic, voxels),
    file(basic, voxels, "\r\n"),
    file(basic.replace("raw", "gzip"), gzipSync(voxels)),
    file(
      basic.replace("raw", "gz"),
      new Uint8Array([...gzipSync(voxels.subarray(0, 3)), ...gzipSync(voxels.subarray(3))]),
    ),
    file(basic.replace("raw", "ascii"), Buffer.from("1 -2,\n256\t32767\n")),
    file(basic.replace("raw", "hex"), Buffer.from("0001fffe\n01007FFF\n")),
    file(`${basic}\nbyte skip: 3`, new Uint8Array([9, 9, 9, ...voxels])),
    file(`${basic}\nbyte skip: -1`, new Uint8Array([9, 9, 9, 9, 9, ...voxels])),
    file(`${basic}\nline skip: 2\nbyte skip: 1`, new Uint8Array([...Buffer.from("one\ntwo\n!"), ...voxels])),
    file(`${basic.replace("raw", "gzip")}\nbyte skip: 2`, gzipSync(new Uint8Array([7, 7, ...voxels]))),
    new Uint8Array(gzipSync(file(basic, voxels))),
  ];
  for (const bytes of files) {
    const volume = await both(bytes);
    expect([...volume.data]).toEqual(values);
    expect(volume.geometry.shape).toEqual([2, 1, 2]);
  }
});

test("world axes come out as RAS, for every named space", async () => {
  const place = "space directions: (2,0,0) (0,0,-3) (0,4,0)\nspace origin: (10,20,-30)";
  const affine = async (space: string): Promise<readonly number[]> =>
    (await readHeader(file(`${basic}\nspace: ${space}\n${place}`, voxels))).geometry.affine;
  const lps = [-2, 0, 0, -10, 0, 0, -4, -20, 0, -3, 0, -30];
  expect(await affine("left-posterior-superior")).toEqual(lps);
  expect(await affine("LPS")).toEqual(lps);
  expect(await affine("RAS")).toEqual([2, 0, 0, 10, 0, 0, 4, 20, 0, -3, 0, -30]);
  expect(await affine("right-anterior-superior")).toEqual([2, 0, 0, 10, 0, 0, 4, 20, 0, -3, 0, -30]);
  expect(await affine("left-anterior-superior")).toEqual([-2, 0, 0, -10, 0, 0, 4, 20, 0, -3, 0, -30]);
  expect(await affine("scanner-xyz")).toEqual(lps);
  const header = await readHeader(file(`${basic}\nspace: LPS\n${place}`, voxels));
  expect(header.geometry.spacingMm).toEqual([2, 3, 4]);
  expect(orientationCodes(header.geometry.affine)).toBe("LIP");
  // Zero is never written as -0.
  expect(header.geometry.affine.some((value) => Object.is(value, -0))).toBe(false);
});

test("spacing is the float64 norm of the direction", async () => {
  const text = `${basic}\nspace: LPS\nspace directions: (0.97999999999999998,0,0) (0,0.6,0.8) (0,-1.5,2)`;
  expect((await readHeader(file(text, voxels))).geometry.spacingMm).toEqual([0.98, 1, 2.5]);
});

test("without directions: spacings, or a unit grid, read as LPS like ITK does", async () => {
  expect((await readHeader(file(`${basic}\nspacings: 0.5 nan 3`, voxels))).geometry).toEqual({
    shape: [2, 1, 2],
    spacingMm: [0.5, 1, 3],
    affine: [-0.5, 0, 0, 0, 0, -1, 0, 0, 0, 0, 3, 0],
  });
  expect((await readHeader(file(basic, voxels))).geometry.spacingMm).toEqual([1, 1, 1]);
});

test("channel axes in front or behind", async () => {
  const front =
    "type: uint8\ndimension: 4\nsizes: 2 3 1 1\nkinds: vector domain domain domain\nencoding: raw\nspace: RAS\nspace directions: none (1,0,0) (0,1,0) (0,0,1)";
  const volume = await both(file(front, Uint8Array.of(1, 10, 2, 20, 3, 30)));
  expect(volume.channels).toBe(2);
  expect(volume.geometry.shape).toEqual([3, 1, 1]);
  expect([...volume.data]).toEqual([1, 2, 3, 10, 20, 30]);
  const behind = "type: uint8\ndimension: 4\nsizes: 3 1 1 2\nencoding: raw\nkinds: domain domain domain list";
  const other = await both(file(behind, Uint8Array.of(1, 2, 3, 10, 20, 30)));
  expect([...other.data]).toEqual([1, 2, 3, 10, 20, 30]);
  expect(other.channels).toBe(2);
  const flat = await both(
    file(
      "type: uint8\ndimension: 2\nsizes: 3 2\nencoding: raw\nspace: LPS\nspace directions: (2,0,0) (0,0,3)",
      new Uint8Array(6),
    ),
  );
  expect(flat.geometry.shape).toEqual([3, 2, 1]);
  expect(flat.geometry.spacingMm).toEqual([2, 3, 1]);
  expect(flat.geometry.affine).toEqual([-2, 0, 0, 0, 0, 0, 1, 0, 0, 3, 0, 0]);
});

const refused: [string, Uint8Array, ErrorCode, RegExp][] = [
  ["another version", new TextEncoder().encode(`NRRD0009\ntype: int\n${"x".repeat(400)}\n\n`), "SEG002", /NRRD0009/],
  ["no sizes", file(basic.replace(/sizes.*\n/, "")), "SEG006", /no field "sizes"/],
  ["too few sizes", file(basic.replace("2 1 2", "2 1")), "SEG006", /2 numbers for 3 dimensions/],
  ["a size of 0", file(basic.replace("2 1 2", "2 0 2")), "SEG006", /sizes\[2\] is 0/],
  ["a size that is no number", file(basic.replace("2 1 2", "2 x 2")), "SEG006", /sizes\[2\] is NaN/],
  ["a size of 1e300", file(basic.replace("2 1 2", "1e300 1 2")), "SEG006", /sizes\[1\]/],
  ["60 GB", file(basic.replace("2 1 2", "4000 4000 2000")), "SEG009", /64\.0 GB/],
  [
    "1 GB over nothing",
    file(basic.replace("2 1 2", "1000 1000 500").replace("raw", "gzip"), gzipSync(voxels)),
    "SEG003",
    /cannot hold/,
  ],
  [
    "1 GB of text over nothing",
    file(basic.replace("2 1 2", "1000 1000 500").replace("raw", "ascii"), Buffer.from("1 2")),
    "SEG003",
    /too few/,
  ],
  ["no endian", file(basic.replace("endian: big\n", ""), voxels), "SEG006", /endian is missing/],
  ["type block", file(basic.replace("short", "block")), "SEG007", /block/],
  ["bzip2", file(basic.replace("raw", "bzip2")), "SEG002", /bzip2/],
  ["an encoding from the prototype", file(basic.replace("raw", "constructor")), "SEG002", /constructor/],
  ["a field twice", file(`${basic}\nsizes: 2 1 2`), "SEG006", /twice/],
  ["a line that is nothing", file(`${basic}\nhello`), "SEG006", /line 8/],
  ["cut off", file(basic, voxels.subarray(0, 7)), "SEG003", /holds 7 bytes of voxels/],
  ["too long", file(basic, new Uint8Array(9)), "SEG005", /9 bytes/],
  ["gzip cut off", file(basic.replace("raw", "gzip"), gzipSync(voxels).subarray(0, 20)), "SEG003", /ends early/],
  [
    "directions not finite",
    file(`${basic}\nspace: LPS\nspace directions: (nan,0,0) (0,1,0) (0,0,1)`, voxels),
    "SEG015",
    /not finite/,
  ],
  [
    "directions on one line",
    file(`${basic}\nspace: LPS\nspace directions: (1,0,0) (2,0,0) (0,0,1)`, voxels),
    "SEG015",
    /inverted/,
  ],
  ["a space that is not known", file(`${basic}\nspace: moon`, voxels), "SEG006", /moon/],
  ["several data files", file(`${basic}\ndata file: LIST`), "SEG002", /several data files/],
  ["a data file that is not given", file(`${basic}\ndata file: a.raw`), "SEG001", /"a\.raw", which was not given/],
  [
    "text that is no number",
    file(basic.replace("raw", "ascii"), Buffer.from("1 2 x 4")),
    "SEG006",
    /"x" is not a number of type int16/,
  ],
  ["a number beyond its type", file(basic.replace("raw", "ascii"), Buffer.from("1 2 3 40000")), "SEG006", /40000/],
  ["too many numbers", file(basic.replace("raw", "ascii"), Buffer.from("1 2 3 4 5")), "SEG005", /more than the 4/],
  [
    "four spatial axes",
    file(
      "type: uint8\ndimension: 4\nsizes: 1 1 1 1\nencoding: raw\nspace directions: (1,0,0) (0,1,0) (0,0,1) (1,1,1)",
      Uint8Array.of(1),
    ),
    "SEG010",
    /4 spatial axes/,
  ],
  [
    "a header without end",
    new Uint8Array(Buffer.concat([Buffer.from("NRRD0004\n"), Buffer.alloc(2_000_000, "# x\n")])),
    "SEG006",
    /field|blank/,
  ],
];

test.each(refused)("refused: %s", async (_name, bytes, code, message) => {
  const error = await refusal(bytes);
  expect(error.message).toMatch(message);
  expect(error.code).toBe(code);
});

test("what a header says is quoted without control characters and not at any length", async () => {
  const error = await refusal(file(`${basic}\nspace: \x1b]0;owned\x07${"x".repeat(5000)}`, voxels));
  expect(error.message).toMatch(/the NRRD space "\?\]0;owned\?xxx/);
  expect(error.message.length).toBeLessThan(700);
});

test("what we write we read to the bit, in every type", () => {
  const arrays = [
    Uint8Array,
    Int8Array,
    Uint16Array,
    Int16Array,
    Uint32Array,
    Int32Array,
    Float32Array,
    Float64Array,
  ] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...arrays),
      fc.array(fc.double(), { minLength: 12, maxLength: 12 }),
      fc.array(fc.double({ min: 0.1, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 }),
      (make, numbers, [a = 1, b = 1, c = 1]) => {
        const data = make.from(numbers.map((value) => (Number.isFinite(value) ? value % 120 : value)));
        const volume: Volume = {
          format: "nrrd",
          geometry: { shape: [3, 2, 2], spacingMm: [a, b, c], affine: [0, -b, 0, 1.1, a, 0, 0, -7.3, 0, 0, c, 1 / 3] },
          channels: 1,
          voxelType: voxelTypeOf(data),
          slope: 1,
          intercept: 0,
          data,
        };
        const { header, voxels: raw } = encodeNrrd(volume);
        const again = decodeVolume(Buffer.concat([header, gzipSync(raw)]));
        expect(again.data).toEqual(data);
        expect(again.geometry).toEqual(volume.geometry);
      },
    ),
    { numRuns: 100 },
  );
});

test("a slope has no place in NRRD", () => {
  const volume = {
    format: "nrrd",
    geometry: { shape: [1, 1, 1], spacingMm: [1, 1, 1], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] },
    channels: 1,
    voxelType: "uint8",
    slope: 2,
    intercept: 0,
    data: Uint8Array.of(1),
  } as const;
  expect(() => encodeNrrd(volume)).toThrow(/no field for a slope/);
});
