/** Every verb: its one-line summary and where its command is defined. */
import type { Command } from "commander";

export interface Verb {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export const verbs: Readonly<Record<string, Verb>> = {
  evaluate: {
    summary: "score predictions against references",
    load: async () => (await import("./verbs/evaluate.ts")).evaluateCommand(),
  },
  catalog: {
    summary: "built-in benchmarks: list, show, get their data",
    load: async () => (await import("./verbs/catalog.ts")).catalogCommand(),
  },
  validate: {
    summary: "check predictions before they are submitted",
    load: async () => (await import("./verbs/validate.ts")).validateCommand(),
  },
  info: {
    summary: "header, geometry and labels of a volume",
    load: async () => (await import("./verbs/info.ts")).infoCommand(),
  },
  rank: {
    summary: "rank methods from their evaluations, with intervals and tests",
    load: async () => (await import("./verbs/rank.ts")).rankCommand(),
  },
  check: {
    summary: "find what is wrong with a dataset",
    load: async () => (await import("./verbs/check.ts")).checkCommand(),
  },
  stats: {
    summary: "describe a dataset: labels, volumes, intensities, splits",
    load: async () => (await import("./verbs/stats.ts")).statsCommand(),
  },
  convert: {
    summary: "write a dataset in another layout",
    load: async () => (await import("./verbs/convert.ts")).convertCommand(),
  },
  package: {
    summary: "make a release with sealed test labels",
    load: async () => (await import("./verbs/package.ts")).packageCommand(),
  },
  deidentify: {
    summary: "copy a dataset without what may identify a person",
    load: async () => (await import("./verbs/deidentify.ts")).deidentifyCommand(),
  },
  phantom: {
    summary: "write a synthetic dataset with exact labels",
    load: async () => (await import("./verbs/phantom.ts")).phantomCommand(),
  },
  baseline: {
    summary: "classical baselines: majority, atlas prior, threshold, forest",
    load: async () => (await import("./verbs/baseline.ts")).baselineCommand(),
  },
  train: {
    summary: "train a 3D U-Net to a model package",
    load: async () => (await import("./verbs/train.ts")).trainCommand(),
  },
  predict: {
    summary: "label maps for images, with a model package",
    load: async () => (await import("./verbs/predict.ts")).predictCommand(),
  },
  model: {
    summary: "show or check a model package",
    load: async () => (await import("./verbs/model.ts")).modelCommand(),
  },
  demo: {
    summary: "the whole thing, small: make data, predict, evaluate, rank",
    load: async () => (await import("./verbs/demo.ts")).demoCommand(),
  },
  serve: {
    summary: "run the benchmark server",
    load: async () => (await import("./verbs/serve.ts")).serveCommand(),
  },
  worker: {
    summary: "score for a fleet of servers",
    load: async () => (await import("./verbs/worker.ts")).workerCommand(),
  },
  login: {
    summary: "sign in to a server",
    load: async () => (await import("./verbs/login.ts")).loginCommand(),
  },
  submit: {
    summary: "send predictions to a phase",
    load: async () => (await import("./verbs/submit.ts")).submitCommand(),
  },
  status: {
    summary: "where a submission is",
    load: async () => (await import("./verbs/status.ts")).statusCommand(),
  },
  init: {
    summary: "write a benchmark document for a dataset",
    load: async () => (await import("./verbs/init.ts")).initCommand(),
  },
  download: {
    summary: "get the files of a benchmark",
    load: async () => (await import("./verbs/download.ts")).downloadCommand(),
  },
  phase: {
    summary: "dates, quota and visibility of phases",
    load: async () => (await import("./verbs/phase.ts")).phaseCommand(),
  },
  invite: {
    summary: "one-time links to a team or the organisers",
    load: async () => (await import("./verbs/invite.ts")).inviteCommand(),
  },
  rescore: {
    summary: "score a phase again after a correction",
    load: async () => (await import("./verbs/rescore.ts")).rescoreCommand(),
  },
  export: {
    summary: "results for other tools, and as a static site",
    load: async () => (await import("./verbs/export.ts")).exportCommand(),
  },
  backup: {
    summary: "a data directory in one checked file",
    load: async () => (await import("./verbs/backup.ts")).backupCommand(),
  },
  restore: {
    summary: "a data directory from a backup",
    load: async () => (await import("./verbs/backup.ts")).restoreCommand(),
  },
  doctor: {
    summary: "look a server over",
    load: async () => (await import("./verbs/doctor.ts")).doctorCommand(),
  },
};
