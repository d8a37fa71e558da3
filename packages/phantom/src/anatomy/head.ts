/** The brain in its skull. Millimetres; the origin lies in the middle of the brain, near the third ventricle. */
import type { Structure } from "../phantom-document.ts";
import type { Shape } from "../shape.ts";

const both = [1, -1] as const;

const hemispheres: Shape = {
  kind: "difference",
  from: {
    kind: "union",
    smoothMm: 10,
    parts: both.flatMap((s): Shape[] => [
      { kind: "ellipsoid", centre: [s * 14, -4, 15], radii: [53, 83, 53] },
      { kind: "ellipsoid", centre: [s * 46, 8, -22], radii: [22, 42, 22], rotation: [12, 0, s * -8] },
      { kind: "ellipsoid", centre: [s * 31, -16, -19], radii: [16, 34, 15] },
    ]),
  },
  // The falx keeps the hemispheres apart above the corpus callosum.
  minus: [
    { kind: "ellipsoid", centre: [0, 0, 52], radii: [1.8, 92, 34] },
    { kind: "ellipsoid", centre: [0, -78, 20], radii: [1.8, 34, 44] },
    { kind: "ellipsoid", centre: [0, -14, -28], radii: [17, 26, 22] },
    ...both.map(
      (s): Shape => ({
        kind: "tube",
        points: [
          [s * 66, 26, -12, 3],
          [s * 44, 14, -2, 3.2],
          [s * 60, -12, 8, 2.6],
        ],
      }),
    ),
  ],
};

/** Scalp, skull and the fluid around the brain. */
export const skull: readonly Structure[] = [
  {
    name: "head",
    shape: { kind: "ellipsoid", centre: [0, 0, 4], radii: [84, 104, 88] },
    tissue: "scalp",
    layers: [
      { insetMm: 5, tissue: "skull" },
      { insetMm: 7, tissue: "marrow" },
      { insetMm: 9, tissue: "skull" },
      { insetMm: 11, tissue: "csf" },
    ],
  },
];

export const brain: readonly Structure[] = [
  {
    name: "brain",
    shape: hemispheres,
    tissue: "greyMatter",
    folds: { depthMm: 15, wavelengthMm: 15, widthMm: 1.1 },
    roughness: { mm: 1, wavelengthMm: 11 },
  },
  // Grey matter is the rim that the white matter leaves along surface and folds.
  {
    name: "whiteMatter",
    shape: { kind: "structure", name: "brain", marginMm: -3.6 },
    tissue: "whiteMatter",
    roughness: { mm: 0.7, wavelengthMm: 8 },
    within: "brain",
  },
  ...both.flatMap((s): Structure[] => {
    const side = s > 0 ? "Right" : "Left";
    return [
      {
        name: `thalamus${side}`,
        shape: { kind: "ellipsoid", centre: [s * 11, -12, 6], radii: [9, 15, 9], rotation: [0, 0, s * 18] },
        tissue: "deepGrey",
        vary: { shiftMm: 0.8, scale: 0.05 },
      },
      {
        name: `putamen${side}`,
        shape: { kind: "ellipsoid", centre: [s * 25, 6, 3], radii: [6, 19, 11], rotation: [0, 0, s * 10] },
        tissue: "deepGrey",
        vary: { shiftMm: 0.8, scale: 0.05 },
      },
      {
        name: `caudate${side}`,
        shape: {
          kind: "tube",
          points: [
            [s * 13, 26, 8, 6],
            [s * 15, 10, 20, 5],
            [s * 19, -12, 26, 3.5],
            [s * 24, -28, 20, 2.5],
          ],
        },
        tissue: "deepGrey",
        vary: { shiftMm: 0.8 },
      },
    ];
  }),
  {
    name: "cerebellum",
    shape: {
      kind: "union",
      smoothMm: 8,
      parts: [
        { kind: "ellipsoid", centre: [24, -56, -38], radii: [28, 28, 22] },
        { kind: "ellipsoid", centre: [-24, -56, -38], radii: [28, 28, 22] },
      ],
    },
    tissue: "cerebellum",
    folds: { depthMm: 12, wavelengthMm: 6, widthMm: 0.5 },
  },
  {
    name: "brainstem",
    shape: {
      kind: "tube",
      points: [
        [0, -14, -6, 11],
        [0, -20, -26, 12],
        [0, -30, -44, 10],
        [0, -36, -80, 7],
      ],
    },
    tissue: "brainstem",
  },
];

export const ventricles: readonly Structure[] = [
  ...both.map(
    (s): Structure => ({
      name: s > 0 ? "ventricleRight" : "ventricleLeft",
      shape: {
        kind: "union",
        smoothMm: 2,
        parts: [
          {
            kind: "tube",
            points: [
              [s * 7, 32, 8, 4],
              [s * 9, 16, 18, 5.5],
              [s * 11, -8, 24, 6],
              [s * 20, -30, 20, 7],
              [s * 27, -46, 8, 5],
            ],
          },
          {
            kind: "tube",
            points: [
              [s * 22, -32, 16, 6],
              [s * 31, -34, 2, 4.5],
              [s * 34, -22, -7, 2.6],
              [s * 34, -6, -14, 2.2],
              [s * 31, 4, -17, 1.6],
            ],
          },
        ],
      },
      tissue: "csf",
      group: "ventricles",
      vary: { scale: 0.06 },
      roughness: { mm: 0.4, wavelengthMm: 7 },
    }),
  ),
  { name: "thirdVentricle", shape: { kind: "ellipsoid", centre: [0, -6, 2], radii: [2.6, 13, 9] }, tissue: "csf" },
  { name: "fourthVentricle", shape: { kind: "ellipsoid", centre: [0, -36, -34], radii: [5, 5, 8] }, tissue: "csf" },
];

/** Head and body of the hippocampus as one curved body, cut by a slanted plane behind the uncus. */
function hippocampus(s: 1 | -1): Structure[] {
  const side = s > 0 ? "Right" : "Left";
  const name = `hippocampus${side}`;
  const group = { group: name, vary: { shiftMm: 1, scale: 0.07, rotateDegrees: 4 } } as const;
  return [
    {
      name,
      shape: {
        kind: "union",
        smoothMm: 3,
        parts: [
          {
            kind: "tube",
            points: [
              [s * 24, -3, -20, 4.6],
              [s * 23, -7, -19.5, 6.4],
              [s * 25, -12, -18, 6.2],
              [s * 27.5, -18, -15, 5],
              [s * 29.5, -26, -11, 4.6],
              [s * 30, -34, -6, 4.2],
              [s * 27, -41, -1, 3],
            ],
          },
          { kind: "ellipsoid", centre: [s * 28, -8, -19], radii: [6, 5.5, 4.4] },
        ],
      },
      tissue: "hippocampus",
      roughness: { mm: 0.5, wavelengthMm: 4.5 },
      ...group,
    },
    {
      name: `${name}Head`,
      shape: {
        kind: "intersection",
        parts: [
          { kind: "structure", name },
          { kind: "halfspace", normal: [0, -1, 0.25], through: [0, -15.5, -17] },
        ],
      },
      tissue: "hippocampus",
      within: name,
    },
    {
      name: `${name}Fimbria`,
      shape: {
        kind: "tube",
        points: [
          [s * 24, -16, -11, 1.2],
          [s * 26, -26, -6.5, 1.4],
          [s * 26, -34, -1, 1.3],
        ],
      },
      tissue: "whiteMatter",
    },
  ];
}

export const hippocampi: readonly Structure[] = [...hippocampus(1), ...hippocampus(-1)];
