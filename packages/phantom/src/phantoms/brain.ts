/** Glioma with nested parts in four MR sequences, skull-stripped, after MSD Task01. */
import { brain as brainStructures, ventricles } from "../anatomy/head.ts";
import { headTissues } from "../anatomy/head-tissues.ts";
import type { PhantomDocument, Structure } from "../phantom-document.ts";
import { mrScanner } from "../scanners.ts";

/** Oedema around a core whose living rim takes up contrast medium and whose middle is dead. */
const tumour: readonly Structure[] = [
  {
    name: "edema",
    shape: { kind: "blobs", within: "whiteMatter", count: [1, 2], radiusMm: [17, 30], depthMm: 12, flattening: 0.3 },
    tissue: "edema",
    roughness: { mm: 3.5, wavelengthMm: 11 },
    within: "brain",
  },
  {
    name: "core",
    shape: { kind: "structure", name: "edema", marginMm: -7 },
    tissue: "tumourCore",
    roughness: { mm: 2.4, wavelengthMm: 9 },
    within: "edema",
  },
  {
    name: "rim",
    shape: { kind: "structure", name: "core", marginMm: -2 },
    tissue: "enhancing",
    roughness: { mm: 1.4, wavelengthMm: 6 },
    within: "core",
  },
  {
    name: "necrosis",
    shape: { kind: "structure", name: "rim", marginMm: -4 },
    tissue: "necrosis",
    roughness: { mm: 1.2, wavelengthMm: 7 },
    within: "rim",
  },
];

export const brain: PhantomDocument = {
  schema: "segathlon/phantom@1",
  name: "brain",
  dataset: "Phantom01_BrainTumour",
  title: "BrainTumour",
  description: "Synthetic skull-stripped MR of the brain with a glioma: oedema, non-enhancing and enhancing tumour",
  filePrefix: "BRATS",
  channels: ["FLAIR", "T1w", "t1gd", "T2w"],
  labels: [
    { value: 1, name: "edema", structures: ["edema"] },
    { value: 2, name: "non-enhancing tumor", structures: ["core", "necrosis"] },
    { value: 3, name: "enhancing tumour", structures: ["rim"] },
  ],
  anatomy: [...brainStructures, ...ventricles, ...tumour],
  tissues: headTissues,
  bending: [
    [2.4, 60],
    [0.8, 18],
  ],
  habitus: 0.04,
  scanners: [
    mrScanner({
      id: "mr-a",
      site: "north",
      phases: [{ name: "four sequences", contrasts: ["flair", "t1", "t1gd", "t2"] }],
      shape: [80, 96, 64],
      fieldOfViewMm: [164, 196, 150],
      centreMm: [0, -6, -2],
      shiftMm: 1.5,
      noise: 14,
      bias: 0.1,
      masked: true,
    }),
    mrScanner({
      id: "mr-b",
      site: "south",
      manufacturer: "Fennec Imaging",
      model: "Magnet 3",
      weight: 0.6,
      phases: [{ name: "four sequences", contrasts: ["flair", "t1", "t1gd", "t2"] }],
      shape: [80, 96, 64],
      fieldOfViewMm: [164, 196, 150],
      centreMm: [0, -6, -2],
      shiftMm: 1.5,
      noise: 22,
      bias: 0.16,
      masked: true,
    }),
  ],
  diseases: [{ name: "glioma", weight: 1 }],
  ages: [25, 80],
  sexes: ["F", "M"],
  size: 96,
  cases: 12,
  validationShare: 0,
  testShare: 0.25,
};
