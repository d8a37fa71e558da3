/** What is downloaded can be opened as a dataset, in the layout that its files have. */
import { memorySource, readDataset } from "@segathlon/dataset";
import { expect, test } from "vitest";
import { datasetDocument } from "./download-document.ts";

const task = { id: "Organ", channels: ["CT"], labels: { background: 0, liver: 1 }, licence: "CC0-1.0" };

async function read(paths: readonly string[], document: unknown) {
  const files = Object.fromEntries(paths.map((path) => [path, ""]));
  return readDataset(memorySource("Organ", { ...files, "dataset.json": JSON.stringify(document) }));
}

const shapes = (cases: Awaited<ReturnType<typeof read>>["cases"]) =>
  cases.map((one) => [one.id, one.split, one.image?.kind, one.label?.kind]);

test("one file per case: the decathlon's layout, names with numbers included", async () => {
  const paths = ["imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz", "imagesTs/amos_0042.nii.gz"];
  const dataset = await read(paths, datasetDocument(task, paths));
  expect(dataset).toMatchObject({ format: "msd", channels: ["CT"], labels: [{ value: 1, name: "liver" }] });
  expect(shapes(dataset.cases)).toEqual([
    ["amos_0001", "train", "one-file", "label-map"],
    ["amos_0042", "test", "one-file", undefined],
  ]);
  expect(dataset.notes).toEqual([]);
  expect(datasetDocument(task, ["imagesTs/amos_0042.nii.gz"])).toMatchObject({ numTraining: 0, numTest: 1 });
});

test("one file per channel: nnU-Net's layout", async () => {
  const paths = [0, 1].flatMap((c) => [`imagesTr/a_000${c}.nii.gz`, `imagesTs/b_000${c}.nii.gz`]);
  paths.push("labelsTr/a.nii.gz");
  const dataset = await read(paths, datasetDocument({ ...task, channels: ["T2", "ADC"] }, paths));
  expect(dataset).toMatchObject({ format: "nnunet", channels: ["T2", "ADC"] });
  expect(shapes(dataset.cases)).toEqual([
    ["a", "train", "file-per-channel", "label-map"],
    ["b", "test", "file-per-channel", undefined],
  ]);
});

test("files that fit no layout get no document", () => {
  expect(datasetDocument(task, ["imagesTr/a-t2.nii.gz", "imagesTr/a-adc.nii.gz", "labelsTr/a.nii.gz"])).toBeNull();
  expect(datasetDocument(task, [])).toBeNull();
});
