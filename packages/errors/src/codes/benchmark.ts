/** Error codes of evaluation and benchmark documents. */
import type { ErrorDefinition } from "../error-definition.ts";

export const benchmarkErrors = {
  SEG100: {
    name: "invalid-document",
    meaning: "A document does not follow its schema.",
    hint: "Correct the named field.",
    failure: "organiser",
  },
  SEG101: {
    name: "unknown-task",
    meaning: "No task has this name.",
    hint: "`segathlon catalog` lists the built-in tasks.",
    failure: "participant",
  },
  SEG102: {
    name: "no-common-cases",
    meaning: "The two folders have no case name in common.",
    hint: "Give the prediction files the names of the reference files.",
    failure: "participant",
  },
  SEG103: {
    name: "two-files-for-one-case",
    meaning: "More than one file claims to be the same case.",
    hint: "Keep one file per case.",
    failure: "participant",
  },
  SEG104: {
    name: "unexpected-label",
    meaning: "A label map holds a label that the task does not know.",
    hint: "Map the labels to those of the task.",
    failure: "participant",
  },
  SEG105: {
    name: "unknown-metric",
    meaning: "No metric has this name.",
    hint: "See `segathlon evaluate --help` for the metrics.",
    failure: "participant",
  },
  SEG106: {
    name: "missing-prediction",
    meaning: "A required case has no prediction.",
    hint: "Add a prediction for the named case.",
    failure: "participant",
  },
  SEG107: {
    name: "invalid-option",
    meaning: "An option has a value that cannot be used.",
    hint: "See `segathlon evaluate --help`.",
    failure: "participant",
  },
} as const satisfies Record<`SEG${number}`, ErrorDefinition>;
