import { expect, test } from "vitest";
import { matchLabelMaps, matchStructureTrees } from "./case-matching.ts";
import { compareNames } from "./volume-file-name.ts";

test("same names match whatever the format; natural order", () => {
  const { cases, notes } = matchLabelMaps(
    ["liver_10.nii.gz", "liver_2.nii.gz", "dataset.json", "._liver_2.nii.gz"],
    ["liver_2.nrrd", "liver_10.nii", "plans.json"],
  );
  expect(cases).toEqual([
    { name: "liver_2", reference: "liver_2.nii.gz", prediction: "liver_2.nrrd" },
    { name: "liver_10", reference: "liver_10.nii.gz", prediction: "liver_10.nii" },
  ]);
  expect(notes).toEqual([]);
});

test("a missing prediction is a case, an extra one is a note", () => {
  const { cases, notes } = matchLabelMaps(["a.nii.gz", "b.nii.gz"], ["a.nii.gz", "c.nii.gz"]);
  expect(cases[1]).toEqual({ name: "b", reference: "b.nii.gz", prediction: null });
  expect(notes).toEqual(["1 prediction case without a reference, not scored: c"]);
});

test("names that look the same but are not are pointed out", () => {
  const { cases, notes } = matchLabelMaps(
    ["x.nii.gz", "caf\u00e9.nii.gz", "Case_1.nii.gz"],
    ["x.nii.gz", "cafe\u0301.nii.gz", "case_1.nii.gz"],
  );
  expect(cases.filter(({ prediction }) => prediction === null)).toHaveLength(2);
  expect(notes[1]).toBe(
    "case names differ only in capital letters or in how accents are stored, rename one side: caf\u00e9 and cafe\u0301, Case_1 and case_1",
  );
});

test("- and _ are taken as equal, and that is said", () => {
  const { cases, notes } = matchLabelMaps(["case-1.nii.gz"], ["case_1.nii.gz"]);
  expect(cases[0]?.prediction).toBe("case_1.nii.gz");
  expect(notes).toEqual(["case names matched with - and _ taken as equal: case-1 = case_1"]);
});

test("two references that differ only in - and _ are matched exactly or not at all", () => {
  const { cases } = matchLabelMaps(["a-1.nii.gz", "a_1.nii.gz"], ["a_1.nii.gz"]);
  expect(cases).toEqual([
    { name: "a-1", reference: "a-1.nii.gz", prediction: null },
    { name: "a_1", reference: "a_1.nii.gz", prediction: "a_1.nii.gz" },
  ]);
});

test("two files for one case are refused, by name, and the other cases stay", () => {
  const { cases } = matchLabelMaps(
    ["a.nii.gz", "b.nii.gz", "c.nii.gz", "c.nrrd"],
    ["a.nii", "a.nii.gz", "b.nii.gz", "c.nrrd"],
  );
  expect(cases[0]?.problem?.code).toBe("SEG103");
  expect(cases[0]?.problem?.message).toContain("a.nii, a.nii.gz");
  expect(cases[0]?.failedSide).toBe("prediction");
  expect(cases[1]?.problem).toBeUndefined();
  expect(cases[2]?.failedSide).toBe("reference");
});

test("an exact and a loose name for one case are two files", () => {
  const { cases } = matchLabelMaps(["a-1.nii.gz"], ["a-1.nii.gz", "a_1.nii.gz"]);
  expect(cases[0]?.problem?.code).toBe("SEG103");
});

test(".hdr and .img are one file; .hdr beside .nii.gz are two", () => {
  expect(matchLabelMaps(["a.hdr", "a.img"], ["a.nii.gz"]).cases[0]).toMatchObject({ reference: "a.hdr" });
  expect(matchLabelMaps(["a.hdr", "a.img", "a.nii.gz"], ["a.nii.gz"]).cases[0]?.problem?.code).toBe("SEG103");
});

test("no common name is an error that shows names of both sides", () => {
  expect(() => matchLabelMaps(["a.nii.gz"], ["b.nii.gz"])).toThrow(/references are a; the predictions are b/);
  try {
    matchLabelMaps(["a.nii.gz"], ["a_0000.nii.gz"]);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: "SEG102", hint: expect.stringContaining("_0000") });
  }
});

test("trees: structures of the whole reference tree, in every case", () => {
  const { cases, notes } = matchStructureTrees(
    ["A/segmentations/Optic-Nerve.nrrd", "A/segmentations/Brain.nrrd", "A/ct.nrrd", "B/segmentations/Brain.nrrd"],
    ["A/Optic_Nerve.nii.gz", "A/Brain.nii.gz", "B/Brain.nii.gz", "B/Optic_Nerve.nii.gz", "B/Liver.nii.gz"],
  );
  expect(cases).toEqual([
    {
      case: "A",
      structures: [
        { name: "Brain", reference: "A/segmentations/Brain.nrrd", prediction: "A/Brain.nii.gz" },
        { name: "Optic-Nerve", reference: "A/segmentations/Optic-Nerve.nrrd", prediction: "A/Optic_Nerve.nii.gz" },
      ],
    },
    {
      case: "B",
      structures: [
        { name: "Brain", reference: "B/segmentations/Brain.nrrd", prediction: "B/Brain.nii.gz" },
        { name: "Optic-Nerve", reference: null, prediction: "B/Optic_Nerve.nii.gz" },
      ],
    },
  ]);
  expect(notes.join("\n")).toContain("Optic-Nerve = Optic_Nerve");
  expect(notes.join("\n")).toContain("files beside the folder segmentations are not structures: A/ct.nrrd");
  expect(notes.join("\n")).toContain(
    "case B: 2 prediction structures without a reference, not scored: Liver, Optic_Nerve",
  );
});

test("natural order", () => {
  expect(["b10", "b9", "b09a", "a", "b"].sort(compareNames)).toEqual(["a", "b", "b9", "b09a", "b10"]);
});
