/**
 * Answers for the pages' tests in states that are hard to bring a real server into: five hundred submissions, sixty regions, hostile
 * names, an empty board. Every answer is checked against the API's schema when it is served.
 */
import type {
  Benchmark,
  Case,
  Leaderboard,
  LeaderboardEntry,
  Phase,
  Session,
  Submission,
  TaskSummary,
} from "../packages/server/src/api/index.ts";

export interface FakeSite {
  readonly session: Session;
  readonly benchmarks: readonly Benchmark[];
  readonly phases: readonly Phase[];
  readonly cases: readonly Case[];
  readonly submissions: readonly Submission[];
  readonly leaderboard: Leaderboard;
}

export interface FakeSiteOptions {
  readonly methods: readonly string[];
  readonly regions: readonly string[];
  readonly cases: number;
  /** `per-case`: the board carries the score table. */
  readonly feedback: "per-case" | "aggregate" | "none-until-close";
  readonly signedIn: boolean;
}

const at = "2026-03-01T12:00:00.000Z";
const organs = [
  "spleen",
  "right kidney",
  "left kidney",
  "gall bladder",
  "esophagus",
  "liver",
  "stomach",
  "aorta",
  "postcava",
  "pancreas",
  "right adrenal gland",
  "left adrenal gland",
  "duodenum",
  "bladder",
  "prostate/uterus",
];

export const usualSite: FakeSiteOptions = {
  methods: [
    "nnU-Net ResEncL",
    "STU-Net-B",
    "Swin UNETR",
    "nnU-Net 3d_fullres",
    "MedNeXt-L",
    "UNETR",
    "nnU-Net 2d",
    "V-Net",
    "Attention U-Net",
    "Atlas registration",
    "Threshold baseline",
  ],
  regions: organs,
  cases: 40,
  feedback: "per-case",
  signedIn: true,
};

/** Steady pseudo-random numbers in 0..1, so that every run shows the same pages. */
export function steadyNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function makeTask(id: string, title: string, modality: string, regions: readonly string[], cases: number): TaskSummary {
  return {
    id,
    title,
    description: `Segmentation of ${regions.length} abdominal structures.`,
    modality,
    channels: [modality === "MR" ? "MR" : "CT"],
    labels: Object.fromEntries(["background", ...regions].map((name, label) => [name, label])),
    regions: Object.fromEntries(regions.map((name, index) => [name, [index + 1]])),
    licence: "CC BY 4.0",
    counts: { training: 200, validation: 100, test: cases },
    hosted: { training: 4, validation: 0, test: cases },
    metrics: [
      { key: "dice", direction: "higher-is-better", unit: "" },
      { key: "nsd@2", direction: "higher-is-better", unit: "" },
      { key: "hd95", direction: "lower-is-better", unit: "mm" },
    ],
  };
}

const phaseOf = (id: string, state: Phase["state"], options: FakeSiteOptions): Phase => ({
  id,
  title: id === "final" ? "Final" : "Live",
  state,
  opens: "2026-01-01T00:00:00.000Z",
  closes: "2026-12-31T23:59:59.000Z",
  tasks: ["task1"],
  benchmark: "amos-like",
  feedback: { level: options.feedback, decimals: options.feedback === "aggregate" ? 3 : null },
  quota: { perDay: 3, total: 15 },
  cases: { task1: options.cases },
  split: "public",
  absentTask: "reject",
  leaderboard: "public",
  deadlineRule: "A submission counts when it was created before the phase closes, on the server's clock.",
  notOpenBecause:
    state === "open"
      ? []
      : [
          {
            code: "SEG410",
            message: "The phase final opens on 1 January 2027.",
            hint: "Submit to the phase live until then.",
          },
        ],
  remaining: options.signedIn ? { today: 2, total: 9, reserved: 0, resetsAt: "2026-03-02T00:00:00.000Z" } : null,
  expectedFiles: {
    task1: Array.from({ length: options.cases }, (_, i) => `amos_${String(i).padStart(4, "0")}.nii.gz`),
  },
});

const caseName = (index: number): string => `amos_${String(index).padStart(4, "0")}`;

/** Builds all answers of one site. */
export function fakeSite(options: FakeSiteOptions = usualSite): FakeSite {
  const random = steadyNumbers(7);
  const task = makeTask("task1", "Abdominal organs in CT", "CT", options.regions, options.cases);
  const second = makeTask("task2", "Abdominal organs in CT and MR", "CT, MR", options.regions, options.cases);
  const live = phaseOf("live", "open", options);
  const final = phaseOf("final", "upcoming", options);
  const attributes = Object.fromEntries(
    Array.from({ length: options.cases }, (_, i) => [
      caseName(i),
      {
        centre: i % 3 === 0 ? "Longgang Central" : "Longgang District",
        scanner: ["Aquilion ONE", "Brilliance 16", "Somatom Force", "Optima CT660"][i % 4] ?? "",
        phase: i % 5 === 0 ? "out of distribution" : "in distribution",
        sex: i % 2 === 0 ? "F" : "M",
        age: 30 + ((i * 7) % 50),
      },
    ]),
  );
  const columns = options.regions.flatMap((region) =>
    task.metrics.map((metric) => ({
      key: `task1/${region}/${metric.key}`,
      task: "task1",
      region,
      metric: metric.key,
      direction: metric.direction,
      unit: metric.unit,
      decimals: null,
    })),
  );
  const rows: {
    task: string;
    case: string;
    algorithm: string;
    region: string;
    metric: string;
    value: number | null;
    status: "ok" | "reference-absent" | "prediction-failed" | "not-submitted";
  }[] = [];
  const entries: LeaderboardEntry[] = options.methods.map((method, place) => {
    const algorithm = `Team ${place + 1} / ${method}`;
    const values: LeaderboardEntry["values"] = {};
    for (const [index, column] of columns.entries()) {
      const hard = Math.floor(index / 3) * 0.012 + place * 0.016;
      const own: number[] = [];
      for (let c = 0; c < options.cases; c++) {
        const failed = place === options.methods.length - 2 && c === 3;
        const base = Math.max(0, Math.min(1, 0.98 - (hard + 0.02) * -Math.log(random() + 1e-9)));
        const value = failed ? (column.unit === "mm" ? 300 : 0) : column.unit === "mm" ? 0.8 + (1 - base) * 60 : base;
        own.push(value);
        rows.push({
          task: "task1",
          case: caseName(c),
          algorithm,
          region: column.region,
          metric: column.metric,
          value: failed ? null : value,
          status: failed ? "prediction-failed" : "ok",
        });
      }
      const mean = own.reduce((sum, v) => sum + v, 0) / own.length;
      const sd = Math.sqrt(own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, own.length - 1));
      const half = (2.02 * sd) / Math.sqrt(own.length);
      values[column.key] = {
        mean,
        ci95: own.length > 1 ? [mean - half, mean + half] : null,
        n: own.length,
        failed: place === options.methods.length - 2 ? 1 : 0,
      };
    }
    const unranked = options.methods.length > 4 && place === options.methods.length - 1;
    return {
      algorithm,
      team: `Team ${place + 1}`,
      method,
      link: place === 0 ? "https://example.org/paper" : null,
      submission: 100 + place,
      submittedAt: at,
      baseline: /baseline|Atlas/.test(method),
      mine: options.signedIn && place === 3,
      rank: unranked ? null : place === 2 ? 2 : place + 1,
      notRankedBecause: unranked ? "36 of 40 cases were submitted; the scheme ranks complete entries only." : null,
      rankInterval: unranked ? null : [Math.max(1, place), Math.min(options.methods.length, place + 2)],
      rankingScore: unranked ? null : 1.2 + place * 0.9,
      runtimeSeconds: place % 3 === 2 ? null : 12.4 + place,
      values,
    };
  });
  const benchmark: Benchmark = {
    id: "amos-like",
    title: "AMOS-like: abdominal organs in CT and MR",
    description:
      "Fifteen abdominal organs in CT and MR from several centres, scanners and phases.\n\nSynthetic anatomy with exact labels, so that everything here can be tried without a download.",
    tasks: 2,
    phases: [live, final].map(({ id, title, state, opens, closes, tasks }) => ({
      id,
      title,
      state,
      opens,
      closes,
      tasks,
    })),
    teams: options.methods.length,
    submissions: options.methods.length * 3,
    listed: true,
    citation: "@misc{amos-like, title = {AMOS-like}, year = {2026}}",
    licence: "CC BY 4.0",
    licenceConflicts: [{ says: "CC BY-NC-SA 4.0", source: "archive page, version 2" }],
    homepage: "https://example.org/amos-like",
    taskList: [task, second],
    protocol: {
      profile: "deepmind",
      metrics: ["dice", { nsd: { tolerance_mm: 2 } }, "hd95"],
      policy: {
        both_empty: "best",
        one_empty: "worst",
        missing_prediction: "worst",
        worst: { dice: 0, nsd: 0, hd95: "image-diagonal" },
      },
      ranking: { scheme: "msd-2018", alpha: 0.05, bootstrap: 1000, seed: 1 },
    },
    protocolHash: `sha256:${"5f1c3a9b".repeat(8)}`,
    evaluatorVersion: "0.1.0",
    dataAccess: "open",
    dataUseAgreement: null,
    registration: "open",
    maxTeamSize: 5,
    document: null,
    createdAt: at,
    updatedAt: at,
  };
  const team = { id: "7d8f2c1e-1111-4222-8333-444455556666", name: "Team 4" };
  const submission = (id: number, state: Submission["state"], extra: Partial<Submission> = {}): Submission => ({
    id,
    benchmark: "amos-like",
    phase: "live",
    team,
    submittedBy: "Ada Example",
    method: { name: "nnU-Net 3d_fullres", description: "Five folds.", links: [], runtimeSeconds: 15.4 },
    baseline: false,
    state,
    stateText: state === "scored" ? "Scored." : `This submission is ${state}.`,
    createdAt: at,
    receivedAt: at,
    startedAt: at,
    finishedAt: state === "scored" ? at : null,
    upload: {
      kind: "archive",
      name: "predictions.zip",
      bytes: 18_400_000,
      receivedBytes: 18_400_000,
      sha256: null,
      tusUrl: null,
      putUrl: null,
    },
    position: null,
    etaSeconds: null,
    progress: { done: state === "scored" ? options.cases : 7, total: options.cases },
    attempts: 1,
    findings: [],
    failure: null,
    quotaUsed: state === "scored",
    evaluationVisible: state === "scored",
    withdrawn: false,
    ...extra,
  });
  return {
    session: options.signedIn
      ? {
          user: { id: "u1", name: "Ada Example", email: "ada@example.org", emailVerified: true, administrator: false },
          memberships: [{ benchmark: "amos-like", organiser: false, team: { ...team, status: "approved" } }],
        }
      : { user: null, memberships: [] },
    benchmarks: [benchmark],
    phases: [live, final],
    cases: Array.from({ length: options.cases }, (_, i) => ({
      case: caseName(i),
      task: "task1",
      split: i < 4 ? "training" : "test",
      part: null,
      attributes: attributes[caseName(i)] ?? {},
      shape: [64, 64, 40],
      spacingMm: [1.5, 1.5, 3],
      images: [
        {
          channel: "CT",
          url: `/api/v1/benchmarks/amos-like/tasks/task1/cases/${caseName(i)}/images/CT`,
          bytes: 240_000,
        },
      ],
      reference:
        i < 4
          ? {
              url: `/api/v1/benchmarks/amos-like/tasks/task1/cases/${caseName(i)}/reference`,
              bytes: 9_000,
              revision: 1,
            }
          : null,
      thumbnail: null,
    })),
    submissions: [
      submission(103, "scored"),
      submission(104, "scoring", {
        position: null,
        etaSeconds: 25,
        stateText: "Scoring: case 7 of 40, about 25 s left.",
      }),
      submission(105, "refused", {
        findings: [
          {
            code: "SEG014",
            name: "geometry-mismatch",
            message: "case amos_0007: shapes differ: reference 64x64x40, prediction 64x64x39",
            hint: "Resample the prediction to the image's grid.",
            task: "task1",
            case: "amos_0007",
            file: "amos_0007.nii.gz",
          },
        ],
        stateText: "Refused: one file does not fit. No quota was used.",
      }),
    ],
    leaderboard: {
      benchmark: "amos-like",
      phase: "live",
      task: null,
      region: null,
      metric: null,
      scheme: "msd-2018",
      alpha: 0.05,
      bootstrap: 100,
      seed: 1,
      kind: "live",
      snapshot: null,
      revision: "r1",
      referencesRevision: 1,
      computedAt: at,
      cases: options.cases,
      hiddenBecause:
        options.feedback === "none-until-close"
          ? "The phase shows its leaderboard when it closes, on 31 December 2026."
          : null,
      feedback: live.feedback,
      columns: options.feedback === "none-until-close" ? [] : columns,
      entries: options.feedback === "none-until-close" ? [] : entries,
      ranking: null,
      scoreTable:
        options.feedback === "per-case"
          ? {
              metrics: [
                { key: "dice", direction: "higher-is-better", worst: 0 },
                { key: "nsd@2", direction: "higher-is-better", worst: 0 },
                { key: "hd95", direction: "lower-is-better", worst: 300 },
              ],
              rows,
              attributes: { task1: attributes },
            }
          : null,
      notes: [],
    },
  };
}
