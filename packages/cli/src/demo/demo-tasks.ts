/**
 * The demo's two benchmarks as documents: ten tasks after the Medical Segmentation Decathlon in a development and a mystery phase, and
 * an abdominal multi-organ benchmark after AMOS (CT only; CT and MR). They are written as benchmark.yaml, the format of everybody's own.
 */
import { type PhantomDocument, type PhantomName, phantoms } from "@segathlon/phantom";

export interface DemoTask {
  readonly id: string;
  readonly phantom: PhantomName;
  readonly cases: number;
  readonly size: number;
  readonly testShare: number;
  /** Only cases of this modality; all when absent. */
  readonly modality?: "CT";
  readonly toleranceMm: number;
}

export interface DemoBenchmark {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly tasks: readonly DemoTask[];
  readonly phases: readonly { readonly id: string; readonly title: string; readonly tasks: readonly string[] }[];
  readonly scheme: string;
}

const decathlonTask = (id: string, phantom: PhantomName, toleranceMm: number): DemoTask => ({
  id,
  phantom,
  cases: 18,
  size: 32,
  testShare: 0.5,
  toleranceMm,
});

const decathlon: readonly DemoTask[] = [
  decathlonTask("Phantom01_BrainTumour", "brain", 5),
  decathlonTask("Phantom02_Heart", "heart", 4),
  decathlonTask("Phantom03_Liver", "liver", 7),
  decathlonTask("Phantom04_Hippocampus", "hippocampus", 1),
  decathlonTask("Phantom05_Prostate", "prostate", 4),
  decathlonTask("Phantom06_Lung", "lung", 2),
  decathlonTask("Phantom07_Pancreas", "pancreas", 5),
  decathlonTask("Phantom08_HepaticVessel", "hepatic-vessel", 3),
  decathlonTask("Phantom09_Spleen", "spleen", 3),
  decathlonTask("Phantom10_Colon", "colon", 4),
];
const mystery = ["Phantom08_HepaticVessel", "Phantom09_Spleen", "Phantom10_Colon"];

export const demoBenchmarks: readonly DemoBenchmark[] = [
  {
    id: "phantom-decathlon",
    title: "Phantom decathlon",
    description:
      "Ten synthetic tasks after the Medical Segmentation Decathlon, made by this program: no patient was scanned. Entries are classical baselines and references that were disturbed on purpose; their names say which.",
    tasks: decathlon,
    phases: [
      {
        id: "development",
        title: "Development phase, seven tasks",
        tasks: decathlon.map((task) => task.id).filter((id) => !mystery.includes(id)),
      },
      { id: "mystery", title: "Mystery phase, three tasks", tasks: mystery },
    ],
    scheme: "msd-2018",
  },
  {
    id: "phantom-abdomen",
    title: "Phantom abdomen, 15 organs in CT and MR",
    description:
      "Synthetic abdominal scans after AMOS with 15 organs, several sites and scanners, two of them kept out of training, made by this program: no patient was scanned. Entries are classical baselines and references that were disturbed on purpose; their names say which.",
    tasks: [
      { id: "ct", phantom: "abdomen", cases: 32, size: 40, testShare: 0.5, modality: "CT", toleranceMm: 1 },
      { id: "ct-mr", phantom: "abdomen", cases: 32, size: 40, testShare: 0.5, toleranceMm: 1 },
    ],
    phases: [
      { id: "task1", title: "Task 1, CT", tasks: ["ct"] },
      { id: "task2", title: "Task 2, CT and MR", tasks: ["ct-mr"] },
    ],
    scheme: "amos-2022-validation",
  },
];

/** The phantom of a task with the share of test cases that the demo wants. */
export function demoPhantom(task: DemoTask): PhantomDocument {
  return { ...phantoms[task.phantom], testShare: task.testShare, validationShare: 0 };
}

/** The benchmark as a document; JSON is YAML. Data folders lie beside it. */
export function demoDocument(benchmark: DemoBenchmark): string {
  return `${JSON.stringify(
    {
      benchmark: benchmark.id,
      title: benchmark.title,
      description: benchmark.description,
      licence: "CC0-1.0",
      tasks: benchmark.tasks.map((task) => {
        const document = demoPhantom(task);
        return {
          id: task.id,
          title: document.title,
          description: document.description,
          data: { format: "msd", path: `./${task.id}` },
          channels: document.channels,
          labels: { background: 0, ...Object.fromEntries(document.labels.map(({ name, value }) => [name, value])) },
          regions: Object.fromEntries(document.labels.map(({ name, value }) => [name, [value]])),
          tolerance_mm: task.toleranceMm,
        };
      }),
      protocol: {
        profile: "deepmind",
        metrics: ["dice", { nsd: { tolerance_mm: 1 } }, "hd95"],
        policy: { both_empty: "exclude", one_empty: "worst", missing_prediction: "worst" },
        ranking: { scheme: benchmark.scheme, bootstrap: 500, seed: 1 },
      },
      phases: benchmark.phases.map((phase) => ({ ...phase, feedback: "per-case", quota: { per_day: 10, total: 50 } })),
    },
    null,
    2,
  )}\n`;
}
