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
  SEG202: {
    name: "no-cases",
    meaning: "The folder or archive holds no case.",
    hint: "Give the folder that holds dataset.json, or imagesTr and labelsTr.",
    failure: "organiser",
  },
  SEG203: {
    name: "unreadable-archive",
    meaning: "The archive is damaged or not of a kind that can be read.",
    hint: "Give a .zip, .tar or .tar.gz; test it with `unzip -t` or `tar -tf`.",
    failure: "organiser",
  },
  SEG204: {
    name: "unsafe-archive",
    meaning: "The archive holds a path, link or size that is not accepted.",
    hint: "Pack plain files with relative names, within the limits.",
    failure: "organiser",
  },
  SEG205: {
    name: "target-not-empty",
    meaning: "The output folder already holds files.",
    hint: "Name a new folder.",
    failure: "organiser",
  },
  SEG206: {
    name: "cannot-hold",
    meaning: "The target format cannot hold what the source says.",
    hint: "Choose another target format, or accept the loss with --lossy.",
    failure: "organiser",
  },
  SEG207: {
    name: "unknown-fix",
    meaning: "No fix has this name.",
    hint: "`segathlon check --help` lists the fixes.",
    failure: "organiser",
  },
  SEG208: {
    name: "sealed-labels",
    meaning: "The sealed labels cannot be opened.",
    hint: "Give the key file that was written when the release was packaged.",
    failure: "organiser",
  },
  SEG209: {
    name: "duplicate-case",
    meaning: "Two files claim to be the same case.",
    hint: "Keep one file per case.",
    failure: "organiser",
  },
  SEG210: {
    name: "release-not-ready",
    meaning: "A dataset with errors is not packaged.",
    hint: "Run `segathlon check`, mend the errors, or package with --with-errors.",
    failure: "organiser",
  },
  SEG211: {
    name: "invalid-dataset-option",
    meaning: "An option of a dataset command has a value that cannot be used.",
    hint: "See the command's --help.",
    failure: "organiser",
  },
  SEG212: {
    name: "not-writable",
    meaning: "A file cannot be written.",
    hint: "Check that the folder exists, may be written and has room.",
    failure: "infrastructure",
  },
  SEG213: {
    name: "unsafe-case-name",
    meaning: "A case name cannot be a file name.",
    hint: "Rename the case: no slashes, no control characters, at most 200 characters.",
    failure: "organiser",
  },
} as const satisfies Record<`SEG${number}`, ErrorDefinition>;
