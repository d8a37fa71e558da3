/** Head and body of the hippocampus in T1-weighted MR, cropped as in MSD Task04. */
import { brain, hippocampi, skull, ventricles } from "../anatomy/head.ts";
import { headTissues } from "../anatomy/head-tissues.ts";
import type { PhantomDocument } from "../phantom-document.ts";
import { mrScanner } from "../scanners.ts";

const phases = [{ name: "T1-weighted", contrasts: ["t1"] }];

export const hippocampus: PhantomDocument = {
  schema: "segathlon/phantom@1",
  name: "hippocampus",
  dataset: "Phantom04_Hippocampus",
  title: "Hippocampus",
  description: "Synthetic T1-weighted MR of the hippocampus, head (Anterior) and body (Posterior)",
  filePrefix: "hippocampus",
  channels: ["MRI"],
  labels: [
    { value: 1, name: "Anterior", structures: ["hippocampusRightHead", "hippocampusLeftHead"] },
    { value: 2, name: "Posterior", structures: ["hippocampusRight", "hippocampusLeft"] },
  ],
  anatomy: [...skull, ...brain, ...ventricles, ...hippocampi],
  tissues: headTissues,
  bending: [
    [2, 60],
    [0.6, 16],
  ],
  habitus: 0.04,
  scanners: [
    mrScanner({
      id: "mr-right",
      site: "north",
      phases,
      shape: [36, 50, 36],
      fieldOfViewMm: [36, 50, 36],
      centreMm: [29, -20, -12],
      shiftMm: 1.5,
      noise: 16,
      bias: 0.1,
    }),
    mrScanner({
      id: "mr-left",
      site: "north",
      phases,
      shape: [36, 50, 36],
      fieldOfViewMm: [36, 50, 36],
      centreMm: [-29, -20, -12],
      shiftMm: 1.5,
      noise: 22,
      bias: 0.1,
      gain: [0.3, 3],
    }),
  ],
  diseases: [{ name: "none", weight: 1 }],
  ages: [20, 75],
  sexes: ["F", "M"],
  size: 50,
  cases: 16,
  validationShare: 0,
  testShare: 0.25,
};
