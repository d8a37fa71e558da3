/** Spleen in portal venous CT, after MSD Task09. */
import { torso } from "../anatomy/torso.ts";
import { torsoTissues } from "../anatomy/torso-tissues.ts";
import type { PhantomDocument } from "../phantom-document.ts";
import { ctScanner } from "../scanners.ts";

export const spleen: PhantomDocument = {
  schema: "segathlon/phantom@1",
  name: "spleen",
  dataset: "Phantom09_Spleen",
  title: "Spleen",
  description: "Synthetic portal venous CT of the spleen",
  filePrefix: "spleen",
  channels: ["CT"],
  labels: [{ value: 1, name: "spleen", structures: ["spleen"] }],
  anatomy: torso([]),
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
      shape: [96, 96, 48],
      fieldOfViewMm: [370, 370, 200],
      centreMm: [0, -12, 66],
    }),
    ctScanner({
      id: "ct-b",
      site: "south",
      manufacturer: "Otter Medical",
      model: "Scan 16",
      weight: 0.6,
      shape: [96, 96, 48],
      fieldOfViewMm: [370, 370, 200],
      centreMm: [0, -12, 66],
      noise: 17,
      blur: 0.1,
    }),
  ],
  diseases: [{ name: "liver metastases", weight: 1 }],
  ages: [30, 85],
  sexes: ["F", "M"],
  size: 96,
  cases: 12,
  validationShare: 0,
  testShare: 0.25,
};
