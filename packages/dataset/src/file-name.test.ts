import fc from "fast-check";
import { expect, test } from "vitest";
import { documentPath, isJunkFile, naturalOrder, stem, volumeExtension } from "./file-name.ts";

test("numbers are ordered by value", () => {
  expect(["liver_10", "liver_2", "liver_1", "liver_010"].sort(naturalOrder)).toEqual([
    "liver_1",
    "liver_2",
    "liver_10",
    "liver_010",
  ]);
});

test("natural order is a total order", () => {
  const name = fc.string({ unit: fc.constantFrom("a", "B", "_", "0", "1", "9"), maxLength: 8 });
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      expect(Math.sign(naturalOrder(a, b))).toBe(-Math.sign(naturalOrder(b, a)) + 0);
      if (a !== b) expect(naturalOrder(a, b)).not.toBe(0);
      if (naturalOrder(a, b) <= 0 && naturalOrder(b, c) <= 0) expect(naturalOrder(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});

test.each([
  ["./imagesTr/a.nii.gz", "imagesTr/a.nii.gz"],
  ["/imagesTr/a.nii", "imagesTr/a.nii"],
  ["imagesTr\\a.nii", "imagesTr/a.nii"],
  ["../secret.nii", undefined],
  ["imagesTr/../../secret.nii", undefined],
  ["C:\\a.nii", undefined],
  ["a\u0000.nii", undefined],
  ["", undefined],
])("document path %j", (path, expected) => {
  expect(documentPath(path)).toBe(expected);
});

test("extensions, stems and junk", () => {
  expect(volumeExtension("A.NII.GZ")).toBe(".nii.gz");
  expect(volumeExtension("a.seg.nrrd")).toBe(".seg.nrrd");
  expect(volumeExtension("a.png")).toBeUndefined();
  expect(stem("x/la_003.nii.gz")).toBe("la_003");
  expect(["imagesTr/._a.nii.gz", "__MACOSX/a", ".DS_Store", "a.nii.gz.part"].every(isJunkFile)).toBe(true);
  expect(isJunkFile("imagesTr/a.nii.gz")).toBe(false);
});
