/** Organs of the upper abdomen: liver, gall bladder, spleen, stomach, duodenum, pancreas, kidneys, adrenal glands. */
import type { Structure } from "../phantom-document.ts";
import type { Shape } from "../shape.ts";

const liver = { group: "liver", vary: { shiftMm: 5, scale: 0.06, rotateDegrees: 4 } } as const;

const liverShape: Shape = {
  kind: "difference",
  from: {
    kind: "union",
    smoothMm: 22,
    parts: [
      { kind: "ellipsoid", centre: [78, -6, 74], radii: [54, 66, 54] },
      { kind: "ellipsoid", centre: [96, -8, 26], radii: [32, 50, 46], rotation: [0, 10, 0] },
      { kind: "ellipsoid", centre: [8, 44, 92], radii: [66, 27, 28], rotation: [0, -10, 8] },
      { kind: "ellipsoid", centre: [36, 2, 106], radii: [40, 44, 22] },
    ],
  },
  minus: [
    // The porta, the bed of the gall bladder and the imprint of the right kidney.
    { kind: "ellipsoid", centre: [24, 2, 44], radii: [36, 26, 36] },
    { kind: "ellipsoid", centre: [58, 48, 14], radii: [20, 38, 24] },
    { kind: "ellipsoid", centre: [56, -62, 2], radii: [38, 34, 62] },
    { kind: "ellipsoid", centre: [-24, 34, 172], radii: [66, 50, 48] },
  ],
};

export const liverAndVessels: readonly Structure[] = [
  { name: "liver", shape: liverShape, tissue: "liver", roughness: { mm: 1.6, wavelengthMm: 26 }, ...liver },
  {
    name: "portalVein",
    shape: {
      kind: "union",
      parts: [
        {
          kind: "tree",
          within: "liver",
          root: [30, 2, 62],
          towards: [80, -6, 74],
          radiusMm: 8,
          lengthMm: 38,
          generations: 6,
        },
        {
          kind: "tree",
          within: "liver",
          root: [30, 8, 66],
          towards: [0, 44, 96],
          radiusMm: 6.5,
          lengthMm: 34,
          generations: 5,
        },
      ],
    },
    tissue: "hepaticVessel",
    within: "liver",
  },
  {
    name: "hepaticVeins",
    shape: {
      kind: "union",
      parts: [
        {
          kind: "tree",
          within: "liver",
          root: [24, -10, 128],
          towards: [84, -14, 92],
          radiusMm: 6.5,
          lengthMm: 40,
          generations: 5,
        },
        {
          kind: "tree",
          within: "liver",
          root: [24, -6, 128],
          towards: [56, 30, 92],
          radiusMm: 5.5,
          lengthMm: 36,
          generations: 5,
        },
        {
          kind: "tree",
          within: "liver",
          root: [22, -4, 128],
          towards: [-12, 40, 102],
          radiusMm: 5.5,
          lengthMm: 34,
          generations: 4,
        },
      ],
    },
    tissue: "hepaticVessel",
    within: "liver",
  },
];

export const gallBladder: Structure = {
  name: "gallBladder",
  shape: {
    kind: "tube",
    points: [
      [36, 24, 34, 4],
      [44, 32, 26, 8],
      [54, 46, 14, 14],
      [58, 58, 4, 15],
    ],
  },
  tissue: "gutWall",
  layers: [{ insetMm: 2, tissue: "bile" }],
  vary: { shiftMm: 3, scale: 0.12, rotateDegrees: 8 },
};

export const spleen: Structure = {
  name: "spleen",
  shape: {
    kind: "difference",
    from: { kind: "ellipsoid", centre: [-99, -34, 80], radii: [28, 50, 52], rotation: [18, 0, -22] },
    minus: [{ kind: "ellipsoid", centre: [-60, -8, 72], radii: [36, 46, 62] }],
  },
  tissue: "spleen",
  roughness: { mm: 1.2, wavelengthMm: 24 },
  vary: { shiftMm: 4, scale: 0.12, rotateDegrees: 7 },
};

const stomachShape: Shape = {
  kind: "union",
  smoothMm: 14,
  parts: [
    { kind: "ellipsoid", centre: [-66, -2, 108], radii: [36, 38, 34] },
    {
      kind: "tube",
      points: [
        [-66, 4, 104, 33],
        [-68, 32, 68, 28],
        [-46, 52, 38, 22],
        [-12, 60, 24, 17],
        [18, 54, 22, 12],
      ],
    },
  ],
};

const stomach = { group: "stomach", vary: { shiftMm: 4, scale: 0.06, rotateDegrees: 4 } } as const;

export const stomachAndGullet: readonly Structure[] = [
  {
    name: "esophagus",
    shape: {
      kind: "tube",
      points: [
        [0, -42, 350, 8],
        [-2, -46, 290, 8],
        [-4, -48, 230, 8],
        [-10, -36, 170, 8.5],
        [-22, -20, 134, 9],
        [-36, -8, 118, 10],
      ],
    },
    tissue: "gutWall",
    layers: [{ insetMm: 5, tissue: "gutContent" }],
    vary: { shiftMm: 1.5 },
  },
  {
    name: "esophagusAir",
    shape: {
      kind: "tube",
      points: [
        [0, -42, 330, 2.5],
        [-2, -46, 270, 2],
      ],
    },
    tissue: "gas",
    within: "esophagus",
  },
  {
    name: "stomach",
    shape: stomachShape,
    tissue: "gutWall",
    layers: [{ insetMm: 5, tissue: "fluid" }],
    roughness: { mm: 1.6, wavelengthMm: 18 },
    ...stomach,
  },
  {
    name: "stomachFood",
    shape: {
      kind: "intersection",
      parts: [
        { kind: "structure", name: "stomach", marginMm: -5 },
        { kind: "halfspace", normal: [0, 1, 0], through: [0, 14, 0] },
      ],
    },
    tissue: "gutContent",
    within: "stomach",
  },
  {
    name: "stomachAir",
    shape: {
      kind: "intersection",
      parts: [
        { kind: "structure", name: "stomach", marginMm: -5 },
        { kind: "halfspace", normal: [0, -1, 0], through: [0, 40, 0] },
      ],
    },
    tissue: "gas",
    within: "stomach",
  },
];

export const duodenum: Structure = {
  name: "duodenum",
  shape: {
    kind: "tube",
    points: [
      [22, 50, 24, 11],
      [44, 38, 20, 12],
      [54, 18, 2, 13],
      [54, 4, -30, 13],
      [40, -4, -50, 12],
      [4, -4, -52, 11],
      [-28, 6, -36, 11],
    ],
  },
  tissue: "gutWall",
  layers: [{ insetMm: 3.5, tissue: "gutContent" }],
  roughness: { mm: 1.2, wavelengthMm: 10 },
  vary: { shiftMm: 3, scale: 0.05 },
};

export const pancreas: Structure = {
  name: "pancreas",
  shape: {
    kind: "union",
    smoothMm: 8,
    parts: [
      {
        kind: "tube",
        points: [
          [38, 14, -20, 13],
          [34, 18, 0, 17],
          [14, 26, 18, 12],
          [-12, 26, 26, 11],
          [-42, 12, 40, 11.5],
          [-70, -8, 54, 10],
          [-84, -22, 60, 7],
        ],
      },
      { kind: "ellipsoid", centre: [22, 8, -18], radii: [14, 11, 14] },
    ],
  },
  tissue: "pancreas",
  roughness: { mm: 1.8, wavelengthMm: 9 },
  vary: { shiftMm: 3, scale: 0.07, rotateDegrees: 4 },
};

export const splenicVein: Structure = {
  name: "splenicVein",
  shape: {
    kind: "tube",
    points: [
      [30, 4, 58, 7],
      [16, 10, 34, 6.5],
      [-10, 14, 30, 5],
      [-46, -2, 44, 4.5],
      [-84, -26, 64, 4],
    ],
  },
  tissue: "venousBlood",
};

export const mesentericVessels: Structure = {
  name: "mesentericVessels",
  shape: {
    kind: "union",
    parts: [
      {
        kind: "tube",
        points: [
          [16, 10, 32, 6],
          [14, 14, 0, 5.5],
          [10, 24, -50, 5],
          [20, 34, -90, 3.5],
        ],
      },
      {
        kind: "tube",
        points: [
          [-6, -20, 26, 4],
          [-2, 6, 6, 4],
          [0, 18, -40, 3.5],
          [4, 28, -84, 3],
        ],
      },
    ],
  },
  tissue: "venousBlood",
};

function kidney(side: 1 | -1): Structure[] {
  const s = side;
  const z = s > 0 ? -4 : 10;
  const name = s > 0 ? "kidneyRight" : "kidneyLeft";
  const group = { group: name, vary: { shiftMm: 5, scale: 0.06, rotateDegrees: 6 } } as const;
  return [
    {
      name,
      shape: {
        kind: "difference",
        from: { kind: "ellipsoid", centre: [s * 60, -48, z], radii: [26, 29, 54], rotation: [-12, s * 14, s * 30] },
        minus: [{ kind: "ellipsoid", centre: [s * 34, -32, z], radii: [15, 15, 17] }],
      },
      tissue: "kidneyCortex",
      roughness: { mm: 0.9, wavelengthMm: 16 },
      layers: [{ insetMm: 7.5, tissue: "kidneyMedulla" }],
      ...group,
    },
    {
      name: `${name}Sinus`,
      shape: { kind: "ellipsoid", centre: [s * 52, -43, z], radii: [10, 12, 25], rotation: [-12, s * 14, s * 30] },
      tissue: "visceralFat",
      roughness: { mm: 3, wavelengthMm: 9 },
      within: name,
      ...group,
    },
    {
      name: `${name}Pelvis`,
      shape: {
        kind: "tube",
        points: [
          [s * 54, -44, z + 8, 4],
          [s * 48, -42, z, 5],
          [s * 40, -38, z - 10, 4],
        ],
      },
      tissue: "renalPelvis",
      within: name,
      ...group,
    },
    {
      name: `${name}Vein`,
      shape: {
        kind: "tube",
        points:
          s > 0
            ? [
                [44, -36, z, 5],
                [24, -26, z + 10, 5],
              ]
            : [
                [-44, -36, z, 5],
                [-20, -14, z + 12, 4.5],
                [14, -22, z + 12, 4.5],
              ],
      },
      tissue: "venousBlood",
    },
  ];
}

export const kidneys: readonly Structure[] = [...kidney(1), ...kidney(-1)];

export const adrenals: readonly Structure[] = [
  {
    name: "adrenalRight",
    shape: {
      kind: "union",
      smoothMm: 2,
      parts: [
        {
          kind: "tube",
          points: [
            [36, -32, 66, 3.6],
            [38, -46, 56, 3.2],
            [40, -58, 46, 2.6],
          ],
        },
        {
          kind: "tube",
          points: [
            [37, -38, 62, 3.4],
            [46, -50, 50, 2.6],
          ],
        },
      ],
    },
    tissue: "adrenal",
    vary: { shiftMm: 2, scale: 0.1, rotateDegrees: 8 },
  },
  {
    name: "adrenalLeft",
    shape: {
      kind: "union",
      smoothMm: 2,
      parts: [
        {
          kind: "tube",
          points: [
            [-36, -26, 70, 3.8],
            [-32, -42, 58, 3.2],
            [-30, -54, 48, 2.6],
          ],
        },
        {
          kind: "tube",
          points: [
            [-36, -30, 68, 3.6],
            [-46, -44, 54, 3],
          ],
        },
      ],
    },
    tissue: "adrenal",
    vary: { shiftMm: 2, scale: 0.1, rotateDegrees: 8 },
  },
];
