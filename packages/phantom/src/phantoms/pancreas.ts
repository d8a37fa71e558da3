/** Pancreas and mass in portal venous CT, after MSD Task07. */
import { torso } from "../anatomy/torso.ts";
import { torsoTissues } from "../anatomy/torso-tissues.ts";
import type { PhantomDocument } from "../phantom-document.ts";
import { ctScanner } from "../scanners.ts";

export const pancreas: PhantomDocument = {
  schema: "segathlon/phantom@1",
  name: "pancreas",
  dataset: "Phantom07_Pancreas",
  title: "Pancreas",
  description: "Synthetic portal venous CT of the pancreas with a mass",
  filePrefix: "pancreas",
  channels: ["CT"],
  labels: [
    { value: 1, name: "pancreas", structures: ["pancreas"] },
    { value: 2, name: "cancer", structures: ["pancreaticMass"] },
  ],
  anatomy: torso([
    {
      name: "pancreaticMass",
      shape: { kind: "blobs", within: "pancreas", count: [1, 1], radiusMm: [8, 15], depthMm: 5 },
      tissue: "pancreasMass",
      roughness: { mm: 1.6, wavelengthMm: 9 },
      within: "pancreas",
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
      shape: [96, 96, 48],
      fieldOfViewMm: [360, 360, 190],
      centreMm: [0, -12, 36],
    }),
    ctScanner({
      id: "ct-b",
      site: "south",
      manufacturer: "Otter Medical",
      model: "Scan 16",
      weight: 0.6,
      shape: [96, 96, 48],
      fieldOfViewMm: [360, 360, 190],
      centreMm: [0, -12, 36],
      noise: 17,
      blur: 0.1,
    }),
  ],
  diseases: [{ name: "pancreatic mass", weight: 1 }],
  ages: [30, 85],
  sexes: ["F", "M"],
  size: 96,
  cases: 12,
  validationShare: 0,
  testShare: 0.25,
};
