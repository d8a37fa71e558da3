/** The label that most training voxels carry, everywhere. A floor: what a score is worth that says nothing about the image. */
import { voxelCount } from "../grid3.ts";
import { emptyLabels, type FittedBaseline, type TrainingCase } from "./training-case.ts";

/** Learns the commonest label; of equally common ones the smallest. */
export function fitMajority(cases: readonly TrainingCase[]): FittedBaseline {
  const counts = new Float64Array(65_536);
  for (const { labels } of cases) for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  let commonest = 0;
  for (let label = 1; label < counts.length; label++)
    if ((counts[label] ?? 0) > (counts[commonest] ?? 0)) commonest = label;
  return {
    name: "majority",
    description: `Label ${commonest} everywhere: the commonest label of ${cases.length} training cases.`,
    predict: (image) => emptyLabels(voxelCount(image.channels[0]?.shape ?? [0, 0, 0]), [commonest]).fill(commonest),
  };
}
