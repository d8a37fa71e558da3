import fc from "fast-check";
import { expect, test } from "vitest";
import { memorySource, readDataset } from "./index.ts";

const volume = new Uint8Array([1]);
const msd = {
  name: "Test",
  licence: "CC-BY-SA 4.0",
  relase: "1.0",
  tensorImageSize: "3D",
  modality: { "0": "CT" },
  labels: { "0": "background", "1": "spleen" },
  numTraining: 2,
  numTest: 1,
  training: [
    { image: "./imagesTr/s_2.nii.gz", label: "./labelsTr/s_2.nii.gz" },
    { image: "/imagesTr/s_10.nii", label: "/labelsTr/s_10.nii" },
  ],
  test: ["./imagesTs/s_3.nii.gz"],
};
const files = {
  "imagesTr/s_2.nii.gz": volume,
  "labelsTr/s_2.nii.gz": volume,
  "imagesTr/s_10.nii.gz": volume,
  "labelsTr/s_10.nii.gz": volume,
  "imagesTs/s_3.nii.gz": volume,
};

test("MSD dialects: leading slash, missing .gz, relase, junk", async () => {
  const dataset = await readDataset(
    memorySource("t", { ...files, "imagesTr/._s_2.nii.gz": volume, "dataset.json": JSON.stringify(msd) }),
  );
  expect(dataset.format).toBe("msd");
  expect(dataset.cases.map((one) => [one.id, one.split, one.image !== undefined, one.label !== undefined])).toEqual([
    ["s_2", "train", true, true],
    ["s_3", "test", true, false],
    ["s_10", "train", true, true],
  ]);
  expect(dataset.labels).toEqual([{ value: 1, name: "spleen" }]);
  expect(dataset.notes.map((note) => note.kind).sort()).toEqual(["junk-file", "misspelt-key"]);
});

test("AMOS: validation, tests as objects, arota, attributes by number", async () => {
  const json = {
    ...msd,
    labels: { "0": "background", "1": "spleen", "8": "arota" },
    validation: [{ image: "./imagesVa/amos_0004.nii.gz", label: "./labelsVa/amos_0004.nii.gz" }],
    training: [{ image: "./imagesTr/amos_0001.nii.gz", label: "./labelsTr/amos_0001.nii.gz" }],
    test: [{ image: "./imagesTs/amos_0500.nii.gz" }],
  };
  const csv = "amos_id,Patient's Age,Site\n1,057Y,center\n4,030Y,people\n500,010Y,center\n500,099Y,center\n";
  const source = memorySource("t", {
    "dataset.json": JSON.stringify(json),
    "meta.csv": csv,
    ...Object.fromEntries(
      [
        "imagesTr/amos_0001",
        "labelsTr/amos_0001",
        "imagesVa/amos_0004",
        "labelsVa/amos_0004",
        "imagesTs/amos_0500",
      ].map((name) => [`${name}.nii.gz`, volume]),
    ),
  });
  const dataset = await readDataset(source);
  expect(dataset.format).toBe("amos");
  expect(dataset.cases.map((one) => [one.id, one.split])).toEqual([
    ["amos_0001", "train"],
    ["amos_0004", "validation"],
    ["amos_0500", "test"],
  ]);
  expect(dataset.cases[0]?.attributes).toEqual({ "Patient's Age": 57, Site: "center" });
  // Two rows for one number: what they agree in is kept, the rest is not guessed.
  expect(dataset.cases[2]?.attributes).toEqual({ "Patient's Age": null, Site: "center" });
  expect(dataset.notes.some((note) => note.found === "arota")).toBe(true);
});

test("nnU-Net: channels, regions, ignore, folds", async () => {
  const json = {
    channel_names: { "0": "T2", "1": "ADC" },
    labels: { background: 0, whole: [1, 2], core: [2], ignore: 3 },
    regions_class_order: [1, 2],
    numTraining: 2,
    file_ending: ".nii.gz",
  };
  const source = memorySource("t", {
    "dataset.json": JSON.stringify(json),
    "splits_final.json": JSON.stringify([{ train: ["a"], val: ["b"] }]),
    ...Object.fromEntries(["a_0000", "a_0001", "b_0000"].map((name) => [`imagesTr/${name}.nii.gz`, volume])),
    "labelsTr/a.nii.gz": volume,
    "labelsTr/b.nii.gz": volume,
  });
  const dataset = await readDataset(source);
  expect(dataset.format).toBe("nnunet");
  expect(dataset.channels).toEqual(["T2", "ADC"]);
  expect(dataset.regions).toEqual([
    { name: "whole", values: [1, 2] },
    { name: "core", values: [2] },
  ]);
  expect(dataset.ignoreLabel).toBe(3);
  expect(dataset.folds).toEqual([{ train: ["a"], validation: ["b"] }]);
  expect(dataset.notes).toEqual([
    expect.objectContaining({ kind: "missing-file", case: "b", expected: "imagesTr/b_0001.nii.gz" }),
  ]);
});

test.each([
  ["no JSON", "{", "not valid JSON"],
  ["a list", "[]", ""],
  ["labels as text", JSON.stringify({ ...msd, labels: "spleen" }), "labels"],
  ["a negative label", JSON.stringify({ ...msd, labels: { spleen: -1 } }), "spleen"],
  ["a fractional label", JSON.stringify({ ...msd, labels: { spleen: 1.5 } }), "1.5"],
  ["two names for one label", JSON.stringify({ ...msd, labels: { a: 1, b: 1 } }), "two names"],
  ["training as number", JSON.stringify({ ...msd, training: 3 }), "training"],
])("%s is refused by its field", async (_, text, mentioned) => {
  const reading = readDataset(memorySource("t", { ...files, "dataset.json": text }), "msd");
  await expect(reading).rejects.toMatchObject({ code: "SEG201", message: expect.stringContaining(mentioned) });
});

test("paths that lead outside are missing files, not reads", async () => {
  const json = { ...msd, training: [{ image: "../../etc/passwd", label: "/../x.nii.gz" }], test: [] };
  const dataset = await readDataset(memorySource("t", { ...files, "dataset.json": JSON.stringify(json) }));
  expect(dataset.notes.filter((note) => note.kind === "missing-file")).toHaveLength(2);
});

test("a folder without volumes and documents is no dataset", async () => {
  await expect(readDataset(memorySource("t", { "notes.txt": "x" }))).rejects.toMatchObject({ code: "SEG202" });
});

test("whatever the document says, reading gives a dataset or a SegathlonError", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.jsonValue(),
      fc.constantFrom("training", "labels", "test", "modality", "dataset", "channel_names"),
      async (value, key) => {
        const source = memorySource("t", { ...files, "dataset.json": JSON.stringify({ ...msd, [key]: value }) });
        await readDataset(source).catch((error: unknown) => expect(error).toMatchObject({ name: "SegathlonError" }));
      },
    ),
    { numRuns: 300 },
  );
});
