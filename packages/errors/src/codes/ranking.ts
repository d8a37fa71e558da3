/** Error codes of ranking. */
import type { ErrorDefinition } from "../error-definition.ts";

export const rankingErrors = {
  SEG300: {
    name: "invalid-score-table",
    meaning: "The score table cannot be ranked.",
    hint: "Correct the named rows.",
    failure: "participant",
  },
  SEG301: {
    name: "unknown-scheme",
    meaning: "No ranking scheme has this name.",
    hint: "`segathlon rank --help` lists the schemes.",
    failure: "organiser",
  },
  SEG302: {
    name: "evaluations-not-comparable",
    meaning: "Evaluations of one task were made by different protocols or against different references.",
    hint: "Evaluate every method again with the same task document and the same references.",
    failure: "organiser",
  },
  SEG303: {
    name: "duplicate-evaluation",
    meaning: "Two evaluations give the same method for the same case of the same task.",
    hint: "Give each method its own name (`segathlon evaluate --method NAME`), or leave one of the files out.",
    failure: "organiser",
  },
  SEG304: {
    name: "scheme-does-not-fit",
    meaning: "The ranking scheme needs something that the scores do not have.",
    hint: "Choose another scheme, or evaluate the metrics that it needs.",
    failure: "organiser",
  },
} as const satisfies Record<`SEG${number}`, ErrorDefinition>;
