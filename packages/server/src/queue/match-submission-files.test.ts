import { expect, test } from "vitest";
import { matchSubmissionFiles } from "./match-submission-files.ts";

const match = matchSubmissionFiles(
  ["Task01_A", "Task02_B"],
  [
    { task: "Task01_A", case: "liver_1" },
    { task: "Task02_B", case: "liver_1" },
    { task: "Task02_B", case: "spleen_2" },
  ],
);

test.each([
  ["spleen_2.nii.gz", { kind: "case", task: "Task02_B", case: "spleen_2" }],
  ["team/labelsTs/spleen-2.nrrd", { kind: "case", task: "Task02_B", case: "spleen_2" }],
  ["Task01-A/liver_1.nii.gz", { kind: "case", task: "Task01_A", case: "liver_1" }],
  ["liver_1.nii.gz", { kind: "unknown" }],
  ["Task01_A/spleen_2.nii.gz", { kind: "unknown" }],
  ["spleen_3.nii.gz", { kind: "unknown" }],
  ["__MACOSX/._spleen_2.nii.gz", { kind: "ignored" }],
  ["readme.txt", { kind: "ignored" }],
])("%s", (name, place) => {
  expect(match({ name })).toMatchObject(place);
});
