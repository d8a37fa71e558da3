/** Error codes of datasets. */
import type { ErrorDefinition } from "../error-definition.ts";

export const datasetErrors = {
  SEG200: {
    name: "unknown-dataset-format",
    meaning: "The folder is not in a dataset format that is known.",
    hint: "Name the format with --format.",
    failure: "organiser",
  },
  SEG201: {
    name: "invalid-dataset-json",
    meaning: "dataset.json does not follow its schema.",
    hint: "Correct the named field.",
    failure: "organiser",
  },
} as const satisfies Record<`SEG${number}`, ErrorDefinition>;
