/** Left atrium in balanced steady-state MR, after MSD Task02. */
import { torso } from "../anatomy/torso.ts";
import { torsoTissues } from "../anatomy/torso-tissues.ts";
import type { PhantomDocument } from "../phantom-document.ts";
import { mrScanner } from "../scanners.ts";

export const heart: PhantomDocument = {
  schema: "segathlon/phantom@1",
  name: "heart",
  dataset: "Phantom02_Heart",
  title: "Heart",
  description: "Synthetic MR of the heart with the left atrium",
  filePrefix: "la",
  channels: ["MRI"],
  labels: [{ value: 1, name: "left atrium", structures: ["leftAtrium"] }],
  anatomy: torso([]),
  tissues: torsoTissues,
  bending: [
    [5, 85],
    [1.4, 28],
  ],
  habitus: 0.06,
  scanners: [
    mrScanner({
      id: "mr-a",
      site: "north",
      phases: [{ name: "balanced steady-state", contrasts: ["ssfp"] }],
      shape: [96, 96, 64],
      fieldOfViewMm: [230, 230, 160],
      centreMm: [-4, 4, 196],
      noise: 20,
      bias: 0.24,
    }),
  ],
  diseases: [{ name: "atrial fibrillation", weight: 1 }],
  ages: [40, 80],
  sexes: ["F", "M"],
  size: 96,
  cases: 10,
  validationShare: 0,
  testShare: 0.25,
};
