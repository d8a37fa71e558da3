/** Zones of the prostate in T2-weighted MR and diffusion, after MSD Task05. */
import { torso } from "../anatomy/torso.ts";
import { peripheralZone, torsoTissues } from "../anatomy/torso-tissues.ts";
import type { PhantomDocument } from "../phantom-document.ts";
import { mrScanner } from "../scanners.ts";

export const prostate: PhantomDocument = {
  schema: "segathlon/phantom@1",
  name: "prostate",
  dataset: "Phantom05_Prostate",
  title: "Prostate",
  description: "Synthetic MR of the prostate: peripheral and transition zone",
  filePrefix: "prostate",
  channels: ["T2", "ADC"],
  labels: [
    { value: 1, name: "PZ", structures: ["prostate"] },
    { value: 2, name: "TZ", structures: ["transitionZone"] },
  ],
  anatomy: torso([
    {
      name: "transitionZone",
      shape: {
        kind: "intersection",
        parts: [
          { kind: "structure", name: "prostate", marginMm: -3 },
          { kind: "ellipsoid", centre: [0, 8, -222], radii: [20, 13, 16] },
        ],
      },
      tissue: "transitionZone",
      roughness: { mm: 1.2, wavelengthMm: 8 },
      within: "prostate",
    },
  ]),
  tissues: { ...torsoTissues, prostate: peripheralZone },
  bending: [
    [5, 85],
    [1.4, 28],
  ],
  habitus: 0.06,
  scanners: [
    mrScanner({
      id: "mr-a",
      site: "north",
      phases: [{ name: "T2-weighted and diffusion", contrasts: ["t2", "adc"] }],
      shape: [96, 96, 20],
      fieldOfViewMm: [130, 130, 66],
      centreMm: [0, -2, -224],
      tiltDegrees: 12,
      shiftMm: 2,
      noise: 26,
      bias: 0.3,
    }),
    mrScanner({
      id: "mr-b",
      site: "south",
      manufacturer: "Fennec Imaging",
      model: "Magnet 3",
      weight: 0.6,
      phases: [{ name: "T2-weighted and diffusion", contrasts: ["t2", "adc"] }],
      shape: [96, 96, 22],
      fieldOfViewMm: [150, 150, 72],
      centreMm: [0, -2, -224],
      tiltDegrees: 12,
      shiftMm: 2,
      noise: 18,
      bias: 0.2,
    }),
  ],
  diseases: [{ name: "prostate cancer suspected", weight: 1 }],
  ages: [48, 80],
  sexes: ["M"],
  size: 96,
  cases: 12,
  validationShare: 0,
  testShare: 0.25,
};
