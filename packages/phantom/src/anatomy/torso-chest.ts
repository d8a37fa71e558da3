/** Lungs, airways, heart chambers and great vessels. */
import type { Structure } from "../phantom-document.ts";

const heart = { group: "heart", vary: { shiftMm: 4, scale: 0.07, rotateDegrees: 5 } } as const;

export const lungs: readonly Structure[] = [
  {
    name: "mediastinum",
    shape: {
      kind: "column",
      levels: [
        [90, -5, 0, 120, 84],
        [180, 0, 0, 118, 84],
        [330, 0, -10, 90, 60],
      ],
      squareness: 0.5,
    },
    tissue: "visceralFat",
  },
  {
    name: "lungRight",
    shape: { kind: "ellipsoid", centre: [80, -6, 212], radii: [61, 84, 128] },
    tissue: "lung",
    roughness: { mm: 2, wavelengthMm: 34 },
    vary: { scale: 0.04 },
  },
  {
    name: "lungLeft",
    shape: { kind: "ellipsoid", centre: [-80, -8, 212], radii: [58, 84, 124] },
    tissue: "lung",
    roughness: { mm: 2, wavelengthMm: 34 },
    vary: { scale: 0.04 },
  },
  {
    name: "vesselsRight",
    shape: {
      kind: "tree",
      within: "lungRight",
      root: [34, -8, 214],
      towards: [80, -10, 206],
      radiusMm: 8,
      lengthMm: 34,
      generations: 8,
    },
    tissue: "lungVessel",
    within: "lungRight",
  },
  {
    name: "vesselsRightDown",
    shape: {
      kind: "tree",
      within: "lungRight",
      root: [36, -18, 206],
      towards: [70, -40, 150],
      radiusMm: 7,
      lengthMm: 32,
      generations: 8,
    },
    tissue: "lungVessel",
    within: "lungRight",
  },
  {
    name: "vesselsRightUp",
    shape: {
      kind: "tree",
      within: "lungRight",
      root: [34, -2, 226],
      towards: [66, 6, 280],
      radiusMm: 7,
      lengthMm: 30,
      generations: 8,
    },
    tissue: "lungVessel",
    within: "lungRight",
  },
  {
    name: "vesselsLeft",
    shape: {
      kind: "tree",
      within: "lungLeft",
      root: [-34, -14, 216],
      towards: [-80, -24, 200],
      radiusMm: 8,
      lengthMm: 34,
      generations: 8,
    },
    tissue: "lungVessel",
    within: "lungLeft",
  },
  {
    name: "vesselsLeftDown",
    shape: {
      kind: "tree",
      within: "lungLeft",
      root: [-36, -18, 206],
      towards: [-70, -40, 150],
      radiusMm: 7,
      lengthMm: 32,
      generations: 8,
    },
    tissue: "lungVessel",
    within: "lungLeft",
  },
  {
    name: "vesselsLeftUp",
    shape: {
      kind: "tree",
      within: "lungLeft",
      root: [-34, -4, 228],
      towards: [-68, 4, 282],
      radiusMm: 7,
      lengthMm: 30,
      generations: 8,
    },
    tissue: "lungVessel",
    within: "lungLeft",
  },
];

export const airways: readonly Structure[] = [
  {
    name: "trachea",
    shape: {
      kind: "union",
      parts: [
        {
          kind: "tube",
          points: [
            [4, -22, 350, 10],
            [3, -24, 290, 10],
            [2, -26, 250, 9.5],
          ],
        },
        {
          kind: "tube",
          points: [
            [2, -26, 250, 9],
            [24, -26, 226, 8],
            [46, -24, 212, 6],
          ],
        },
        {
          kind: "tube",
          points: [
            [2, -26, 250, 9],
            [-24, -28, 228, 7.5],
            [-48, -28, 214, 5.5],
          ],
        },
      ],
    },
    tissue: "airwayWall",
    layers: [{ insetMm: 1.8, tissue: "airway" }],
  },
];

/** The heart as one muscle with blood inside, as a CT of the abdomen shows its lower half. */
export const plainHeart: readonly Structure[] = [
  {
    name: "heartMuscle",
    shape: {
      kind: "union",
      smoothMm: 14,
      parts: [
        { kind: "ellipsoid", centre: [-34, 34, 168], radii: [52, 42, 46], rotation: [0, 25, -38] },
        { kind: "ellipsoid", centre: [14, 22, 186], radii: [40, 42, 46] },
      ],
    },
    tissue: "myocardium",
    ...heart,
  },
  {
    name: "leftVentricle",
    shape: { kind: "ellipsoid", centre: [-42, 26, 170], radii: [36, 23, 25], rotation: [0, 25, -38] },
    tissue: "blood",
    ...heart,
  },
  {
    name: "rightVentricle",
    shape: {
      kind: "difference",
      from: { kind: "ellipsoid", centre: [-14, 50, 170], radii: [44, 22, 34], rotation: [0, 20, -28] },
      minus: [{ kind: "ellipsoid", centre: [-42, 26, 170], radii: [45, 32, 34], rotation: [0, 25, -38] }],
    },
    tissue: "venousBlood",
    ...heart,
  },
  {
    name: "rightAtrium",
    shape: { kind: "ellipsoid", centre: [30, 24, 182], radii: [22, 26, 30] },
    tissue: "venousBlood",
    ...heart,
  },
];

/** The atria and the veins that enter the left one. */
export const atria: readonly Structure[] = [
  {
    name: "leftAtriumWall",
    shape: { kind: "ellipsoid", centre: [-2, -10, 200], radii: [33, 24, 29] },
    tissue: "myocardium",
    group: "leftAtrium",
    vary: { shiftMm: 2, scale: 0.09, rotateDegrees: 5 },
  },
  {
    name: "leftAtrium",
    shape: {
      kind: "union",
      smoothMm: 9,
      parts: [
        { kind: "ellipsoid", centre: [-2, -10, 200], radii: [31, 22, 27] },
        { kind: "ellipsoid", centre: [-26, 12, 208], radii: [14, 16, 10] },
        {
          kind: "tube",
          points: [
            [20, -14, 210, 9],
            [36, -22, 218, 7.5],
            [50, -26, 224, 6],
          ],
        },
        {
          kind: "tube",
          points: [
            [20, -16, 192, 9],
            [38, -26, 188, 7.5],
            [50, -32, 184, 6],
          ],
        },
        {
          kind: "tube",
          points: [
            [-22, -16, 210, 9],
            [-38, -26, 216, 7.5],
            [-50, -32, 222, 6],
          ],
        },
        {
          kind: "tube",
          points: [
            [-22, -18, 192, 9],
            [-38, -30, 188, 7.5],
            [-50, -38, 184, 6],
          ],
        },
      ],
    },
    tissue: "blood",
    roughness: { mm: 0.8, wavelengthMm: 12 },
    group: "leftAtrium",
    vary: { shiftMm: 2, scale: 0.09, rotateDegrees: 5 },
  },
];

export const greatVessels: readonly Structure[] = [
  {
    name: "aorta",
    shape: {
      kind: "union",
      smoothMm: 3,
      parts: [
        {
          kind: "tube",
          points: [
            [2, 12, 208, 15],
            [10, 18, 240, 15],
            [4, 2, 268, 14],
            [-16, -20, 272, 13],
            [-26, -38, 248, 12.5],
            [-26, -42, 200, 12],
            [-20, -38, 150, 11.5],
            [-10, -30, 90, 11],
            [-7, -28, 40, 10.5],
            [-6, -30, -30, 9.5],
            [-5, -34, -72, 9],
          ],
        },
        {
          kind: "tube",
          points: [
            [-5, -34, -72, 8.5],
            [-24, -36, -105, 7],
            [-46, -30, -145, 6],
          ],
        },
        {
          kind: "tube",
          points: [
            [-4, -34, -72, 8.5],
            [18, -38, -105, 7],
            [42, -32, -145, 6],
          ],
        },
      ],
    },
    tissue: "blood",
    vary: { shiftMm: 2, scale: 0.04 },
  },
  {
    name: "iliacArteries",
    shape: {
      kind: "union",
      parts: [
        {
          kind: "tube",
          points: [
            [-46, -30, -145, 5.5],
            [-64, -2, -180, 5],
            [-74, 36, -230, 4.5],
          ],
        },
        {
          kind: "tube",
          points: [
            [42, -32, -145, 5.5],
            [62, -2, -180, 5],
            [74, 36, -230, 4.5],
          ],
        },
      ],
    },
    tissue: "blood",
  },
  {
    name: "cava",
    shape: {
      kind: "union",
      smoothMm: 3,
      parts: [
        {
          kind: "tube",
          points: [
            [26, 14, 176, 12],
            [24, -4, 142, 12],
            [22, -20, 100, 12],
            [21, -24, 40, 11],
            [18, -28, -20, 10.5],
            [12, -36, -78, 11],
          ],
        },
        {
          kind: "tube",
          points: [
            [12, -36, -78, 9],
            [32, -40, -108, 7.5],
            [50, -38, -145, 7],
          ],
        },
        {
          kind: "tube",
          points: [
            [12, -36, -78, 9],
            [-18, -44, -108, 7.5],
            [-46, -40, -145, 7],
          ],
        },
      ],
    },
    tissue: "venousBlood",
    vary: { shiftMm: 2, scale: 0.06 },
  },
  {
    name: "superiorCava",
    shape: {
      kind: "tube",
      points: [
        [30, 18, 204, 10],
        [30, 6, 240, 10],
        [26, 0, 290, 8],
      ],
    },
    tissue: "venousBlood",
  },
  {
    name: "pulmonaryArtery",
    shape: {
      kind: "union",
      smoothMm: 3,
      parts: [
        {
          kind: "tube",
          points: [
            [-18, 42, 210, 13],
            [-22, 20, 234, 13],
            [-24, -2, 236, 11],
            [-40, -14, 228, 9],
          ],
        },
        {
          kind: "tube",
          points: [
            [-22, 14, 234, 11],
            [4, -8, 232, 11],
            [34, -12, 226, 9],
          ],
        },
      ],
    },
    tissue: "venousBlood",
  },
];
