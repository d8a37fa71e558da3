/** Error codes of models. */
import type { ErrorDefinition } from "../error-definition.ts";

export const modelsErrors = {
  SEG500: {
    name: "invalid-model-package",
    meaning: "The model package cannot be used.",
    hint: "Run `segathlon model check`.",
    failure: "organiser",
  },
} as const satisfies Record<`SEG${number}`, ErrorDefinition>;
