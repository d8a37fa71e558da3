/** Liver and tumours in portal venous CT, after MSD Task03. */
import { torso } from "../anatomy/torso.ts";
import { torsoTissues } from "../anatomy/torso-tissues.ts";
import type { PhantomDocument } from "../phantom-document.ts";
import { ctScanner } from "../scanners.ts";

export const liver: PhantomDocument = {
  schema: "segathlon/phantom@1",
  name: "liver",
  dataset: "Phantom03_Liver",
  title: "Liver",
  description: "Synthetic portal venous CT of the abdomen with liver and tumours",
  filePrefix: "liver",
  channels: ["CT"],
  labels: [
    { value: 1, name: "liver", structures: ["liver"] },
    { value: 2, name: "cancer", structures: ["liverTumours"] },
  ],
  anatomy: torso([
    {
      name: "liverTumours",
      shape: { kind: "blobs", within: "liver", count: [1, 5], radiusMm: [6, 26], depthMm: 5 },
      tissue: "liverTumour",
      roughness: { mm: 1.8, wavelengthMm: 9 },
      within: "liver",
      presence: 0.9,
    },
  ]),
  tissues: torsoTissues,
  bending: [
    [5, 85],
    [1.4, 28],
  ],
  habitus: 0.06,
  scanners: [
    ctScanner({
      id: "ct-a",
      site: "north",
      shape: [96, 96, 64],
      fieldOfViewMm: [370, 370, 225],
      centreMm: [0, -12, 52],
    }),
    ctScanner({
      id: "ct-b",
      site: "south",
      shape: [96, 96, 48],
      fieldOfViewMm: [390, 390, 225],
      centreMm: [0, -12, 52],
      noise: 17,
      blur: 0.1,
    }),
  ],
  diseases: [{ name: "liver tumour", weight: 1 }],
  ages: [35, 85],
  sexes: ["F", "M"],
  size: 96,
  cases: 12,
  validationShare: 0,
  testShare: 0.25,
};
