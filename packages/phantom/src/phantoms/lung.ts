/** Lung nodules in CT of the chest, after MSD Task06. */
import { torso } from "../anatomy/torso.ts";
import { torsoTissues } from "../anatomy/torso-tissues.ts";
import type { PhantomDocument } from "../phantom-document.ts";
import { ctScanner } from "../scanners.ts";

export const lung: PhantomDocument = {
  schema: "segathlon/phantom@1",
  name: "lung",
  dataset: "Phantom06_Lung",
  title: "Lung",
  description: "Synthetic CT of the chest with lung tumours",
  filePrefix: "lung",
  channels: ["CT"],
  labels: [{ value: 1, name: "cancer", structures: ["nodulesRight", "nodulesLeft"] }],
  anatomy: torso([
    {
      name: "nodulesRight",
      shape: { kind: "blobs", within: "lungRight", count: [1, 2], radiusMm: [6, 20], depthMm: 9 },
      tissue: "nodule",
      roughness: { mm: 2, wavelengthMm: 7 },
      within: "lungRight",
    },
    {
      name: "nodulesLeft",
      shape: { kind: "blobs", within: "lungLeft", count: [0, 1], radiusMm: [6, 16], depthMm: 9 },
      tissue: "nodule",
      roughness: { mm: 2, wavelengthMm: 7 },
      within: "lungLeft",
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
      shape: [96, 96, 80],
      fieldOfViewMm: [370, 370, 250],
      centreMm: [0, -16, 205],
    }),
    ctScanner({
      id: "ct-b",
      site: "south",
      manufacturer: "Otter Medical",
      model: "Scan 16",
      weight: 0.6,
      shape: [96, 96, 80],
      fieldOfViewMm: [370, 370, 250],
      centreMm: [0, -16, 205],
      noise: 17,
      blur: 0.1,
    }),
  ],
  diseases: [{ name: "lung tumour", weight: 1 }],
  ages: [30, 85],
  sexes: ["F", "M"],
  size: 96,
  cases: 12,
  validationShare: 0,
  testShare: 0.25,
};
