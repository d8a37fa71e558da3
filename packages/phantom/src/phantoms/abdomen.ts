/**
 * Fifteen organs of the abdomen in CT and MR, after AMOS: three centres, five scanners and two more that only test cases come
 * from, contrast phases, diseases, organs that were removed or lie outside the field of view.
 */
import { torso } from "../anatomy/torso.ts";
import { torsoTissues } from "../anatomy/torso-tissues.ts";
import type { PhantomDocument, PhantomLabel, Structure } from "../phantom-document.ts";
import { ctScanner, mrScanner } from "../scanners.ts";

/** Share of patients who still have the organ. */
const presence: Readonly<Record<string, number>> = {
  gallBladder: 0.9,
  kidneyLeft: 0.97,
  adrenalRight: 0.97,
  spleen: 0.97,
  uterus: 0.8,
  prostate: 0.95,
};

const lesions: readonly Structure[] = [
  {
    name: "liverTumours",
    shape: { kind: "blobs", within: "liver", count: [1, 4], radiusMm: [7, 22], depthMm: 6 },
    tissue: "liverTumour",
    within: "liver",
    roughness: { mm: 1.6, wavelengthMm: 9 },
    disease: "liver tumour",
  },
  {
    name: "kidneyCysts",
    shape: { kind: "blobs", within: "kidneyRight", count: [1, 3], radiusMm: [6, 14], depthMm: 3 },
    tissue: "renalPelvis",
    within: "kidneyRight",
    disease: "kidney cysts",
  },
  {
    name: "pancreaticMass",
    shape: { kind: "blobs", within: "pancreas", count: [1, 1], radiusMm: [7, 12], depthMm: 4 },
    tissue: "pancreasMass",
    within: "pancreas",
    disease: "pancreatic mass",
  },
];

const organs: readonly (readonly [string, readonly string[]])[] = [
  ["spleen", ["spleen"]],
  ["right kidney", ["kidneyRight"]],
  ["left kidney", ["kidneyLeft"]],
  ["gall bladder", ["gallBladder"]],
  ["esophagus", ["esophagus"]],
  ["liver", ["liver"]],
  ["stomach", ["stomach"]],
  ["aorta", ["aorta"]],
  ["postcava", ["cava"]],
  ["pancreas", ["pancreas"]],
  ["right adrenal gland", ["adrenalRight"]],
  ["left adrenal gland", ["adrenalLeft"]],
  ["duodenum", ["duodenum"]],
  ["bladder", ["bladder"]],
  ["prostate/uterus", ["prostate", "uterus"]],
];

const ctPhases = [
  { name: "plain", contrasts: ["ct-plain"] },
  { name: "arterial", contrasts: ["ct-arterial"] },
  { name: "portal venous", contrasts: ["ct-portal"] },
];
const t1 = [{ name: "T1-weighted, gadolinium", contrasts: ["t1"] }];
const t2 = [{ name: "T2-weighted", contrasts: ["t2"] }];

export const abdomen: PhantomDocument = {
  schema: "segathlon/phantom@1",
  name: "abdomen",
  dataset: "Phantom_AMOS",
  title: "Abdomen, 15 organs, CT and MR",
  description: "Synthetic CT and MR of the abdomen with 15 organs from three centres",
  filePrefix: "abdomen",
  channels: ["image"],
  labels: organs.map(([name, structures], n): PhantomLabel => ({ value: n + 1, name, structures })),
  anatomy: torso(lesions).map((structure) => {
    const share = presence[structure.name];
    return share === undefined ? structure : { ...structure, presence: share };
  }),
  tissues: torsoTissues,
  bending: [
    [5, 85],
    [1.4, 28],
  ],
  habitus: 0.07,
  scanners: [
    ctScanner({
      id: "ct-1",
      site: "north",
      weight: 4,
      orientation: "LAS",
      phases: ctPhases,
      shape: [96, 96, 84],
      fieldOfViewMm: [380, 380, 405],
      centreMm: [0, -14, -46],
    }),
    ctScanner({
      id: "ct-2",
      site: "north",
      weight: 3,
      orientation: "LAS",
      manufacturer: "Otter Medical",
      model: "Scan 16",
      phases: ctPhases,
      shape: [88, 88, 81],
      fieldOfViewMm: [400, 400, 405],
      centreMm: [0, -14, -46],
      noise: 16,
      blur: 0.12,
    }),
    ctScanner({
      id: "ct-3",
      site: "south",
      weight: 3,
      orientation: "LAS",
      manufacturer: "Otter Medical",
      model: "Scan 64",
      phases: ctPhases,
      shape: [96, 96, 96],
      fieldOfViewMm: [370, 370, 410],
      centreMm: [0, -14, -46],
      noise: 9,
      blur: 0.26,
    }),
    mrScanner({
      id: "mr-1",
      site: "north",
      weight: 1.5,
      phases: t1,
      shape: [96, 84, 56],
      fieldOfViewMm: [380, 330, 250],
      centreMm: [0, -6, 36],
    }),
    mrScanner({
      id: "mr-2",
      site: "south",
      weight: 1,
      manufacturer: "Fennec Imaging",
      model: "Magnet 3",
      phases: t2,
      shape: [96, 84, 48],
      fieldOfViewMm: [380, 330, 250],
      centreMm: [0, -6, 36],
      noise: 18,
      bias: 0.26,
    }),
    ctScanner({
      id: "ct-4",
      site: "harbour",
      weight: 2,
      outOfDistribution: true,
      orientation: "RAS",
      manufacturer: "Walrus Health",
      model: "Photon",
      phases: ctPhases,
      shape: [96, 96, 60],
      fieldOfViewMm: [450, 450, 420],
      centreMm: [0, -14, -46],
      noise: 26,
      blur: 0.05,
    }),
    mrScanner({
      id: "mr-3",
      site: "harbour",
      weight: 1,
      outOfDistribution: true,
      orientation: "LPS",
      manufacturer: "Walrus Health",
      model: "Open 0.4",
      phases: [...t1, ...t2],
      shape: [80, 72, 40],
      fieldOfViewMm: [400, 350, 250],
      centreMm: [0, -6, 36],
      noise: 34,
      blur: 0.34,
      bias: 0.34,
    }),
  ],
  diseases: [
    { name: "none", weight: 4 },
    { name: "liver tumour", weight: 2 },
    { name: "kidney cysts", weight: 2 },
    { name: "pancreatic mass", weight: 1 },
  ],
  ages: [19, 88],
  sexes: ["F", "M"],
  size: 96,
  cases: 24,
  validationShare: 0.17,
  testShare: 0.33,
};
