/** Small bowel, colon, bladder, prostate, uterus and rectum. */
import type { Structure } from "../phantom-document.ts";
import type { Shape } from "../shape.ts";

export const smallBowel: readonly Structure[] = [
  {
    name: "smallBowel",
    shape: { kind: "loops", centre: [0, 30, -82], extent: [86, 38, 66], count: 20, radiusMm: 13 },
    tissue: "gutWall",
    layers: [{ insetMm: 3, tissue: "gutContent" }],
    roughness: { mm: 1.4, wavelengthMm: 8 },
  },
  {
    name: "smallBowelGas",
    shape: {
      kind: "intersection",
      parts: [
        { kind: "structure", name: "smallBowel", marginMm: -4 },
        { kind: "blobs", within: "smallBowel", count: [5, 9], radiusMm: [9, 14], depthMm: 5 },
      ],
    },
    tissue: "gas",
    within: "smallBowel",
  },
];

/** The frame of the colon in one curve; the pouches come from its roughness. */
const colonShape: Shape = {
  kind: "union",
  smoothMm: 6,
  parts: [
    {
      kind: "tube",
      points: [
        [96, 8, -138, 25],
        [110, 0, -110, 23],
        [114, -14, -60, 21],
        [108, -6, -20, 20],
        [92, 30, -8, 19],
      ],
    },
    {
      kind: "tube",
      points: [
        [92, 30, -8, 18],
        [50, 68, -18, 18],
        [0, 76, -26, 17],
        [-50, 70, -12, 17],
        [-92, 40, 20, 16],
        [-114, 6, 44, 16],
      ],
    },
    {
      kind: "tube",
      points: [
        [-114, 6, 44, 15],
        [-124, -20, 6, 15],
        [-122, -24, -50, 14],
        [-112, -8, -110, 14],
        [-86, 10, -140, 14],
      ],
    },
    {
      kind: "tube",
      points: [
        [-86, 10, -140, 14],
        [-50, 30, -150, 15],
        [-14, 22, -130, 15],
        [6, -10, -140, 15],
        [0, -52, -162, 15],
      ],
    },
  ],
};

export const colon: readonly Structure[] = [
  {
    name: "colon",
    shape: colonShape,
    tissue: "gutWall",
    layers: [{ insetMm: 3, tissue: "stool" }],
    roughness: { mm: 2.6, wavelengthMm: 15 },
    vary: { shiftMm: 2, scale: 0.02 },
  },
  {
    name: "colonGas",
    shape: {
      kind: "intersection",
      parts: [
        { kind: "structure", name: "colon", marginMm: -3.5 },
        { kind: "blobs", within: "colon", count: [9, 14], radiusMm: [14, 24], depthMm: 4 },
      ],
    },
    tissue: "gas",
    within: "colon",
  },
  {
    name: "rectum",
    shape: {
      kind: "tube",
      points: [
        [0, -52, -162, 15],
        [0, -62, -186, 17],
        [0, -52, -212, 15],
        [0, -42, -238, 10],
      ],
    },
    tissue: "gutWall",
    layers: [{ insetMm: 4, tissue: "stool" }],
    roughness: { mm: 1.4, wavelengthMm: 12 },
  },
];

export const bladder: Structure = {
  name: "bladder",
  shape: { kind: "ellipsoid", centre: [0, 24, -182], radii: [40, 33, 26] },
  tissue: "bladderWall",
  layers: [{ insetMm: 3.5, tissue: "urine" }],
  roughness: { mm: 1.2, wavelengthMm: 28 },
  vary: { shiftMm: 3, scale: 0.16 },
};

export const prostateAndUterus: readonly Structure[] = [
  {
    name: "prostate",
    shape: { kind: "ellipsoid", centre: [0, 2, -226], radii: [25, 17, 19] },
    tissue: "prostate",
    sex: "M",
    vary: { shiftMm: 2, scale: 0.12 },
    roughness: { mm: 0.8, wavelengthMm: 16 },
  },
  {
    name: "uterus",
    shape: {
      kind: "union",
      smoothMm: 8,
      parts: [
        { kind: "ellipsoid", centre: [2, -12, -172], radii: [26, 20, 24], rotation: [30, 0, 0] },
        {
          kind: "tube",
          points: [
            [2, -16, -188, 13],
            [0, -20, -212, 11],
          ],
        },
      ],
    },
    tissue: "uterus",
    sex: "F",
    vary: { shiftMm: 3, scale: 0.1, rotateDegrees: 8 },
    roughness: { mm: 1, wavelengthMm: 18 },
  },
];
