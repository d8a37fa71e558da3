/** Vessel tree and tumours of the liver in CT, after MSD Task08. */
import { torso } from "../anatomy/torso.ts";
import { torsoTissues } from "../anatomy/torso-tissues.ts";
import type { PhantomDocument } from "../phantom-document.ts";
import { ctScanner } from "../scanners.ts";

export const hepaticVessel: PhantomDocument = {
  schema: "segathlon/phantom@1",
  name: "hepatic-vessel",
  dataset: "Phantom08_HepaticVessel",
  title: "HepaticVessel",
  description: "Synthetic CT of the liver with its vessels and tumours",
  filePrefix: "hepaticvessel",
  channels: ["CT"],
  labels: [
    { value: 1, name: "Vessel", structures: ["portalVein", "hepaticVeins"] },
    { value: 2, name: "Tumour", structures: ["liverTumours"] },
  ],
  anatomy: torso([
    {
      name: "liverTumours",
      shape: { kind: "blobs", within: "liver", count: [1, 4], radiusMm: [7, 24], depthMm: 6 },
      tissue: "liverTumour",
      roughness: { mm: 1.6, wavelengthMm: 9 },
      within: "liver",
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
      fieldOfViewMm: [290, 290, 190],
      centreMm: [36, -6, 66],
    }),
    ctScanner({
      id: "ct-b",
      site: "south",
      manufacturer: "Otter Medical",
      model: "Scan 16",
      weight: 0.6,
      shape: [96, 96, 64],
      fieldOfViewMm: [290, 290, 190],
      centreMm: [36, -6, 66],
      noise: 17,
      blur: 0.1,
    }),
  ],
  diseases: [{ name: "liver tumour", weight: 1 }],
  ages: [30, 85],
  sexes: ["F", "M"],
  size: 96,
  cases: 12,
  validationShare: 0,
  testShare: 0.25,
};
