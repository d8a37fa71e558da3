/** Error codes of models. */
import type { ErrorDefinition } from "../error-definition.ts";

export const modelsErrors = {
  SEG500: {
    name: "invalid-model-package",
    meaning: "The model package cannot be used.",
    hint: "Run `segathlon model check`.",
    failure: "organiser",
  },
  SEG501: {
    name: "image-does-not-fit-model",
    meaning: "The image and the model do not fit together (channels, orientation, values).",
    hint: "Compare the image with `segathlon model show`.",
    failure: "participant",
  },
  SEG502: {
    name: "engine-not-installed",
    meaning: "The engine that should run the model is not installed.",
    hint: "Install the named package with npm, or choose another engine with --engine.",
    failure: "infrastructure",
  },
  SEG503: {
    name: "broken-model-graph",
    meaning: "The graph of the model cannot be loaded or run by this engine.",
    hint: "Run `segathlon model check` on it; export it again.",
    failure: "organiser",
  },
  SEG504: {
    name: "self-test-failed",
    meaning: "The engine does not give the numbers that the model's trainer recorded.",
    hint: "Use another engine with --engine, or export the model again.",
    failure: "infrastructure",
  },
  SEG505: {
    name: "not-trainable",
    meaning: "The training data do not allow this baseline.",
    hint: "Check the dataset with `segathlon check`.",
    failure: "organiser",
  },
  SEG506: {
    name: "foreign-checkpoint",
    meaning: "A checkpoint is damaged or belongs to another training run.",
    hint: "Delete the checkpoint, or give the options and data of the interrupted run.",
    failure: "participant",
  },
  SEG507: {
    name: "training-failed",
    meaning: "Training ended without a usable model.",
    hint: "Lower the learning rate, or check the images with `segathlon check`.",
    failure: "participant",
  },
  SEG508: {
    name: "cannot-import-model",
    meaning: "An exported model of another program cannot be carried over.",
    hint: "Correct the named field; docs/models.md lists what is supported.",
    failure: "organiser",
  },
} as const satisfies Record<`SEG${number}`, ErrorDefinition>;
