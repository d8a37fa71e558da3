/** Primary tumours of the colon in CT, after MSD Task10. */
import { torso } from "../anatomy/torso.ts";
import { torsoTissues } from "../anatomy/torso-tissues.ts";
import type { PhantomDocument } from "../phantom-document.ts";
import { ctScanner } from "../scanners.ts";

export const colon: PhantomDocument = {
  schema: "segathlon/phantom@1",
  name: "colon",
  dataset: "Phantom10_Colon",
  title: "Colon",
  description: "Synthetic CT of the abdomen with a tumour of the colon",
  filePrefix: "colon",
  channels: ["CT"],
  labels: [{ value: 1, name: "colon cancer primaries", structures: ["colonTumour"] }],
  anatomy: torso([
    {
      name: "colonTumour",
      shape: { kind: "blobs", within: "colon", count: [1, 1], radiusMm: [11, 21], depthMm: 9 },
      tissue: "colonTumour",
      roughness: { mm: 2, wavelengthMm: 8 },
      within: "colon",
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
      shape: [96, 96, 72],
      fieldOfViewMm: [380, 380, 300],
      centreMm: [0, -12, -60],
    }),
    ctScanner({
      id: "ct-b",
      site: "south",
      manufacturer: "Otter Medical",
      model: "Scan 16",
      weight: 0.6,
      shape: [96, 96, 72],
      fieldOfViewMm: [380, 380, 300],
      centreMm: [0, -12, -60],
      noise: 17,
      blur: 0.1,
    }),
  ],
  diseases: [{ name: "colon cancer", weight: 1 }],
  ages: [30, 85],
  sexes: ["F", "M"],
  size: 96,
  cases: 12,
  validationShare: 0,
  testShare: 0.25,
};
