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
} as const satisfies Record<`SEG${number}`, ErrorDefinition>;
