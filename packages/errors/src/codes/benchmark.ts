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
    hint: "Give one of the values that the message names; `--help` after the command lists its options.",
    failure: "participant",
  },
  SEG108: {
    name: "no-volumes-in-folder",
    meaning: "A folder holds no volume files.",
    hint: "Give the folder that holds the label maps, or a tree with one folder per case.",
    failure: "participant",
  },
  SEG109: {
    name: "layouts-differ",
    meaning: "The two sides are not laid out in the same way.",
    hint: "Give two folders of label maps, two trees with one mask per structure, or two files.",
    failure: "participant",
  },
  SEG110: {
    name: "invalid-table",
    meaning: "A CSV table cannot be read.",
    hint: "Write it as comma-separated values with a header line and a column `case`.",
    failure: "participant",
  },
  SEG111: {
    name: "broken-archive",
    meaning: "An archive is damaged, encrypted or in a format that is not accepted.",
    hint: "Pack the predictions as a plain .zip, .tar or .tar.gz.",
    failure: "participant",
  },
  SEG112: {
    name: "unsafe-archive-entry",
    meaning: "An archive holds an entry that must not be unpacked.",
    hint: "Pack only plain files, with relative names.",
    failure: "participant",
  },
  SEG113: {
    name: "archive-too-large",
    meaning: "An archive expands beyond a limit.",
    hint: "Pack only the label maps of the task.",
    failure: "participant",
  },
  SEG114: {
    name: "absent-task",
    meaning: "A submission lacks a task that its phase requires.",
    hint: "Add the folder of the named task.",
    failure: "participant",
  },
  SEG115: {
    name: "download-failed",
    meaning: "A download did not finish.",
    hint: "Run the same command again: it goes on where it stopped.",
    failure: "infrastructure",
  },
  SEG116: {
    name: "checksum-mismatch",
    meaning: "A file is not what its checksum says.",
    hint: "Delete the file and download it again.",
    failure: "infrastructure",
  },
  SEG117: {
    name: "output-not-written",
    meaning: "A result file cannot be written.",
    hint: "Check the folder, the permissions and the free space.",
    failure: "participant",
  },
  SEG118: {
    name: "evaluation-fault",
    meaning: "The evaluation of a case ended in a fault that nobody foresaw.",
    hint: "Report it with the case and the message.",
    failure: "infrastructure",
  },
  SEG119: {
    name: "unexpected-prediction",
    meaning: "A prediction belongs to no case.",
    hint: "Give predictions the names of the images, and leave out other files.",
    failure: "participant",
  },
  SEG120: {
    name: "questionable-prediction",
    meaning: "A prediction can be scored, but something about it is unusual.",
    hint: "Look at the prediction before submitting it.",
    failure: "participant",
  },
} as const satisfies Record<`SEG${number}`, ErrorDefinition>;
