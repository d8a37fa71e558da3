/** The frame of the torso: skin, fat, muscle, spine, ribs, pelvis, couch. Millimetres; the origin lies between the kidneys. */
import type { Structure } from "../phantom-document.ts";
import type { Level, Shape, TubePoint } from "../shape.ts";

const outline: readonly Level[] = [
  [-240, 0, -10, 176, 108],
  [-150, 0, -6, 170, 110],
  [-50, 0, 0, 152, 106],
  [40, 0, 0, 154, 108],
  [140, 0, 0, 162, 112],
  [240, 0, -6, 164, 108],
  [340, 0, -14, 172, 88],
];

function shrunk(x: number, yFront: number, yBack: number): readonly Level[] {
  return outline.map(([z, cx, cy, rx, ry]) => [z, cx, cy - (yFront - yBack) / 2, rx - x, ry - (yFront + yBack) / 2]);
}

/** z of the middles of the vertebral bodies, from the sacrum up. */
const vertebrae = Array.from({ length: 15 }, (_, n) => -95 + 32 * n);

/** Where the vertebral column stands at a height: lordosis below, kyphosis above. */
function spineY(z: number): number {
  return -58 - 10 * Math.sin((z - 40) / 95) - (z > 180 ? (z - 180) * 0.06 : 0);
}

function vertebra(z: number, n: number): Structure[] {
  const y = spineY(z);
  const bone = { tissue: "corticalBone", group: `vertebra${n}` } as const;
  const arch: Shape = {
    kind: "union",
    smoothMm: 5,
    parts: [
      {
        kind: "tube",
        points: [
          [13, y - 15, z, 6],
          [15, y - 30, z - 2, 5],
          [4, y - 40, z - 6, 5],
        ],
      },
      {
        kind: "tube",
        points: [
          [-13, y - 15, z, 6],
          [-15, y - 30, z - 2, 5],
          [-4, y - 40, z - 6, 5],
        ],
      },
      {
        kind: "tube",
        points: [
          [0, y - 38, z - 6, 4.5],
          [0, y - 52, z - 14, 3.5],
        ],
      },
      {
        kind: "tube",
        points: [
          [14, y - 24, z, 4.5],
          [38, y - 30, z + 2, 3.5],
        ],
      },
      {
        kind: "tube",
        points: [
          [-14, y - 24, z, 4.5],
          [-38, y - 30, z + 2, 3.5],
        ],
      },
    ],
  };
  return [
    { name: `disc${n}`, shape: { kind: "ellipsoid", centre: [0, y, z - 16], radii: [22, 17, 7] }, tissue: "disc" },
    {
      name: `vertebra${n}`,
      shape: {
        kind: "column",
        levels: [
          [z - 13, 0, y, 22, 17],
          [z, 0, y, 20, 15.5],
          [z + 13, 0, y, 22, 17],
        ],
        squareness: 0.5,
        ends: "closed",
      },
      ...bone,
      layers: [{ insetMm: 2, tissue: "cancellousBone" }],
    },
    { name: `arch${n}`, shape: arch, ...bone, layers: [{ insetMm: 2, tissue: "cancellousBone" }] },
  ];
}

function rib(n: number, side: 1 | -1): Structure {
  const z0 = 338 - 25 * n;
  const reach = n < 7 ? 150 : n < 10 ? 128 : 85;
  const points: TubePoint[] = [];
  for (let degrees = 14; degrees <= reach; degrees += 17) {
    const angle = (degrees * Math.PI) / 180;
    const z = z0 - 62 * Math.sin(Math.min(angle, Math.PI / 2)) + (degrees > 120 ? 14 : 0);
    const rx = z > 240 ? 140 - (z - 240) * 0.35 : 142;
    points.push([side * rx * Math.sin(angle), -4 - 92 * Math.cos(angle), z, degrees > 120 ? 6 : 5]);
  }
  return {
    name: `rib${side > 0 ? "Right" : "Left"}${n}`,
    shape: { kind: "tube", points },
    tissue: "corticalBone",
    layers: [{ insetMm: 1.8, tissue: "cancellousBone" }],
  };
}

function pelvis(side: 1 | -1): Structure[] {
  const s = side;
  const bone = { tissue: "corticalBone", layers: [{ insetMm: 3, tissue: "cancellousBone" }] } as const;
  const name = s > 0 ? "Right" : "Left";
  return [
    {
      name: `ilium${name}`,
      shape: {
        kind: "union",
        smoothMm: 10,
        parts: [
          {
            kind: "tube",
            points: [
              [s * 40, -72, -110, 10],
              [s * 78, -62, -100, 8],
              [s * 118, -10, -108, 8],
              [s * 122, 30, -128, 8],
            ],
          },
          {
            kind: "tube",
            points: [
              [s * 42, -68, -135, 10],
              [s * 86, -42, -140, 7],
              [s * 112, 4, -150, 8],
              [s * 108, 34, -165, 9],
            ],
          },
          {
            kind: "tube",
            points: [
              [s * 60, -52, -165, 10],
              [s * 92, -18, -180, 12],
              [s * 92, 6, -205, 16],
            ],
          },
        ],
      },
      ...bone,
    },
    { name: `femur${name}`, shape: { kind: "ellipsoid", centre: [s * 98, 4, -218], radii: [24, 24, 24] }, ...bone },
    {
      name: `pubis${name}`,
      shape: {
        kind: "tube",
        points: [
          [s * 84, 24, -214, 13],
          [s * 48, 50, -216, 9],
          [s * 8, 56, -226, 10],
        ],
      },
      ...bone,
    },
    {
      name: `ischium${name}`,
      shape: {
        kind: "tube",
        points: [
          [s * 78, -18, -215, 15],
          [s * 66, -40, -240, 15],
          [s * 58, -30, -262, 14],
        ],
      },
      ...bone,
    },
    {
      name: `obturator${name}`,
      shape: { kind: "ellipsoid", centre: [s * 60, -2, -206], radii: [10, 40, 34], rotation: [0, 0, s * -14] },
      tissue: "muscle",
      roughness: { mm: 1, wavelengthMm: 12 },
    },
    {
      name: `levator${name}`,
      shape: { kind: "ellipsoid", centre: [s * 33, -22, -232], radii: [4, 36, 24], rotation: [0, s * 22, s * -10] },
      tissue: "muscle",
      roughness: { mm: 0.8, wavelengthMm: 12 },
    },
    {
      name: `gluteus${name}`,
      shape: { kind: "ellipsoid", centre: [s * 92, -66, -185], radii: [58, 26, 62], rotation: [0, 0, s * 28] },
      tissue: "muscle",
      vary: { shiftMm: 2, scale: 0.05 },
    },
  ];
}

/** The couch of a CT scanner. */
export const couch: readonly Structure[] = [
  {
    name: "couch",
    shape: {
      kind: "difference",
      from: {
        kind: "column",
        levels: [
          [0, 0, -156, 205, 44],
          [1, 0, -156, 205, 44],
        ],
        squareness: 0.55,
      },
      minus: [
        {
          kind: "column",
          levels: [
            [0, 0, -120, 215, 44],
            [1, 0, -120, 215, 44],
          ],
          squareness: 0.55,
        },
      ],
    },
    tissue: "table",
    layers: [{ insetMm: 4, tissue: "tableFoam" }],
    outside: true,
  },
];

/** Skin, fat and the muscular wall with the fat of the belly inside. */
export const bodyWall: readonly Structure[] = [
  {
    name: "body",
    shape: { kind: "column", levels: outline, squareness: 0.55 },
    tissue: "skin",
    layers: [{ insetMm: 2.5, tissue: "fat" }],
  },
  {
    name: "wall",
    shape: { kind: "column", levels: shrunk(17, 20, 13), squareness: 0.55 },
    tissue: "muscle",
    roughness: { mm: 1.5, wavelengthMm: 30 },
    vary: { scale: 0.02 },
    layers: [{ insetMm: 13, tissue: "visceralFat" }],
  },
  ...([1, -1] as const).flatMap((s): Structure[] => [
    {
      name: s > 0 ? "erectorRight" : "erectorLeft",
      shape: {
        kind: "column",
        levels: [
          [-140, s * 36, -88, 30, 17],
          [0, s * 38, -86, 34, 19],
          [200, s * 36, -86, 28, 13],
        ],
        squareness: 0.55,
      },
      tissue: "muscle",
      within: "wall",
      roughness: { mm: 1.5, wavelengthMm: 16 },
    },
    {
      name: s > 0 ? "psoasRight" : "psoasLeft",
      shape: {
        kind: "tube",
        points: [
          [s * 26, -52, 50, 6],
          [s * 34, -52, 10, 13],
          [s * 42, -46, -50, 20],
          [s * 58, -22, -120, 21],
          [s * 84, 18, -190, 17],
          [s * 94, 20, -225, 14],
        ],
      },
      tissue: "muscle",
      vary: { shiftMm: 1.5, scale: 0.06 },
    },
    {
      name: s > 0 ? "rectusRight" : "rectusLeft",
      shape: {
        kind: "column",
        levels: [
          [-220, s * 20, 76, 18, 6],
          [-60, s * 32, 84, 30, 6.5],
          [90, s * 36, 88, 32, 5.5],
        ],
        squareness: 0.55,
      },
      tissue: "muscle",
      within: "body",
    },
  ]),
];

export const skeleton: readonly Structure[] = [
  ...vertebrae.flatMap(vertebra),
  {
    name: "canal",
    shape: {
      kind: "tube",
      points: [-120, -60, 0, 60, 120, 180, 240, 300, 360].map((z): TubePoint => [0, spineY(z) - 25, z, 8.5]),
    },
    tissue: "csf",
  },
  {
    name: "cord",
    shape: { kind: "tube", points: [40, 100, 160, 220, 280, 360].map((z): TubePoint => [0, spineY(z) - 25, z, 4.5]) },
    tissue: "cord",
  },
  {
    name: "sacrum",
    shape: {
      kind: "union",
      smoothMm: 12,
      parts: [
        {
          kind: "tube",
          points: [
            [0, -68, -118, 24],
            [0, -88, -150, 20],
            [0, -96, -190, 12],
            [0, -86, -214, 7],
          ],
        },
        {
          kind: "tube",
          points: [
            [40, -78, -122, 14],
            [0, -78, -124, 16],
            [-40, -78, -122, 14],
          ],
        },
      ],
    },
    tissue: "corticalBone",
    layers: [{ insetMm: 2.5, tissue: "cancellousBone" }],
  },
  ...pelvis(1),
  ...pelvis(-1),
  ...Array.from({ length: 12 }, (_, n) => [rib(n, 1), rib(n, -1)]).flat(),
  {
    name: "sternum",
    shape: {
      kind: "tube",
      points: [
        [0, 84, 290, 9],
        [0, 96, 240, 10],
        [0, 100, 190, 9],
        [0, 98, 165, 5],
      ],
    },
    tissue: "corticalBone",
    layers: [{ insetMm: 2, tissue: "cancellousBone" }],
  },
];
