/** A finding of the checker, and the table of all kinds of findings. */

/** `error`: the dataset cannot be used as it is; `warning`: probably wrong; `note`: good to know. */
export type Severity = "error" | "warning" | "note";

export interface FindingKind {
  readonly code: string;
  readonly severity: Severity;
  readonly meaning: string;
  /** What to do about it. */
  readonly fix: string;
  /** Whether `segathlon check --fix NAME` can mend it. */
  readonly fixable?: true;
}

/** Every kind of finding by its name. Codes are never given a second meaning. */
export const findingKinds = {
  "unreadable-file": {
    code: "CHK001",
    severity: "error",
    meaning: "A file cannot be read.",
    fix: "Copy or export the file again.",
  },
  "missing-file": {
    code: "CHK002",
    severity: "error",
    meaning: "The document lists a file that is not there.",
    fix: "Add the file, or take it out of the document.",
  },
  "image-without-label": {
    code: "CHK003",
    severity: "error",
    meaning: "A training case has no label map.",
    fix: "Add the label map, or move the image to the test cases.",
  },
  "label-without-image": {
    code: "CHK004",
    severity: "error",
    meaning: "A label map has no image.",
    fix: "Add the image, or remove the label map.",
  },
  "unlisted-case": {
    code: "CHK005",
    severity: "warning",
    meaning: "Files lie in the folders that the document does not list.",
    fix: "List the case, or remove its files.",
    fixable: true,
  },
  "count-mismatch": {
    code: "CHK006",
    severity: "error",
    meaning: "The numbers in the document are not those of the cases.",
    fix: "Correct numTraining and numTest.",
    fixable: true,
  },
  "shape-mismatch": {
    code: "CHK007",
    severity: "error",
    meaning: "Label map and image have different shapes.",
    fix: "Export the label map on the grid of the image.",
  },
  "geometry-mismatch": {
    code: "CHK008",
    severity: "error",
    meaning: "Label map and image lie at different places.",
    fix: "Export the label map with the geometry of the image.",
  },
  "geometry-reoriented": {
    code: "CHK009",
    severity: "warning",
    meaning: "Label map and image are the same grid with axes flipped or swapped.",
    fix: "Store the label map along the axes of the image.",
    fixable: true,
  },
  "geometry-noise": {
    code: "CHK010",
    severity: "note",
    meaning: "Label map and image differ by rounding noise only.",
    fix: "Copy the image's geometry into the label map.",
    fixable: true,
  },
  "unexpected-label": {
    code: "CHK011",
    severity: "error",
    meaning: "A label map holds values that the dataset does not declare.",
    fix: "Declare the label, or correct the label map.",
  },
  "not-a-label-map": {
    code: "CHK012",
    severity: "error",
    meaning: "A label map holds values that are no labels.",
    fix: "Export the label map without interpolation, as whole numbers.",
  },
  "label-type": {
    code: "CHK013",
    severity: "note",
    meaning: "A label map is stored as floating-point numbers.",
    fix: "Store it as whole numbers.",
    fixable: true,
  },
  "empty-label-map": {
    code: "CHK014",
    severity: "warning",
    meaning: "A label map holds background only.",
    fix: "Annotate the case, or say that nothing is there to annotate.",
  },
  "missing-label": {
    code: "CHK015",
    severity: "warning",
    meaning: "A label that nearly all cases have is missing.",
    fix: "Look at the case: absent organ, or forgotten annotation?",
  },
  "unused-label": {
    code: "CHK016",
    severity: "warning",
    meaning: "A declared label occurs in no case.",
    fix: "Remove the label from the document, or correct the label maps.",
  },
  "label-volume-outlier": {
    code: "CHK017",
    severity: "warning",
    meaning: "A label is far larger or smaller than in the other cases.",
    fix: "Look at the case.",
  },
  "label-position-outlier": {
    code: "CHK018",
    severity: "warning",
    meaning: "A label lies far from where it lies in the other cases.",
    fix: "Look at the case: swapped sides, wrong file?",
  },
  "label-islands": {
    code: "CHK019",
    severity: "warning",
    meaning: "A label that is one piece elsewhere falls into many.",
    fix: "Remove the stray voxels.",
  },
  "intensity-outlier": {
    code: "CHK020",
    severity: "warning",
    meaning: "The intensities of an image are unlike those of the others.",
    fix: "Check modality, units and rescaling of the image.",
  },
  "duplicate-image": {
    code: "CHK021",
    severity: "warning",
    meaning: "Two cases have the same image.",
    fix: "Keep one of them.",
  },
  "duplicate-across-splits": {
    code: "CHK022",
    severity: "error",
    meaning: "The same image is in two splits.",
    fix: "Remove it from one of the splits: a test case must not be trained on.",
  },
  "duplicate-label-map": {
    code: "CHK023",
    severity: "warning",
    meaning: "Two cases have the same label map.",
    fix: "Look at both: one may be a copy under a wrong name.",
  },
  "patient-across-splits": {
    code: "CHK024",
    severity: "error",
    meaning: "One patient is in two splits.",
    fix: "Keep all cases of a patient in one split.",
  },
  "quasi-identifier": {
    code: "CHK025",
    severity: "warning",
    meaning: "Headers or tables hold what may identify a person.",
    fix: "Run `segathlon deidentify`.",
  },
  "licence-conflict": {
    code: "CHK026",
    severity: "warning",
    meaning: "Licence statements disagree.",
    fix: "Ask the owner which licence holds, and state it once.",
  },
  "licence-missing": {
    code: "CHK027",
    severity: "warning",
    meaning: "No licence is stated.",
    fix: "State the licence in the document: without one nobody may use the data.",
  },
  "junk-file": {
    code: "CHK028",
    severity: "note",
    meaning: "A file that an operating system or editor left behind.",
    fix: "Remove it.",
    fixable: true,
  },
  "misspelt-key": {
    code: "CHK029",
    severity: "note",
    meaning: "The document misspells a word.",
    fix: "Correct the spelling.",
    fixable: true,
  },
  "mixed-types": {
    code: "CHK030",
    severity: "note",
    meaning: "Images are stored in different voxel types.",
    fix: "Nothing, if the values are on one scale.",
  },
  "mixed-orientations": {
    code: "CHK031",
    severity: "note",
    meaning: "Images are stored along different axes.",
    fix: "Make sure that readers honour the affine.",
  },
  "channel-mismatch": {
    code: "CHK032",
    severity: "error",
    meaning: "An image has more or fewer channels than the dataset declares.",
    fix: "Correct the image or the document.",
  },
  "non-finite-voxels": {
    code: "CHK033",
    severity: "error",
    meaning: "An image holds NaN or infinite values.",
    fix: "Replace them by a value of the background.",
  },
  "constant-image": {
    code: "CHK034",
    severity: "error",
    meaning: "All voxels of an image channel are equal.",
    fix: "Export the image again.",
  },
  "labels-not-consecutive": {
    code: "CHK035",
    severity: "note",
    meaning: "Label values leave gaps; nnU-Net asks for consecutive ones.",
    fix: "Renumber the labels when nnU-Net is to read them.",
  },
  "geometry-outlier": {
    code: "CHK036",
    severity: "warning",
    meaning: "Size or voxel spacing are unlike those of all other cases.",
    fix: "Make sure that the file belongs to this dataset.",
  },
  "name-collision": {
    code: "CHK037",
    severity: "warning",
    meaning: "Case names differ only in upper and lower case.",
    fix: "Rename one: some file systems cannot keep both.",
  },
  "unused-file": {
    code: "CHK038",
    severity: "note",
    meaning: "A volume belongs to no case.",
    fix: "Remove it, or name it after its case.",
  },
  "duplicate-case": {
    code: "CHK039",
    severity: "error",
    meaning: "A case stands in two splits of the document.",
    fix: "List it once.",
  },
  "test-labels": {
    code: "CHK040",
    severity: "note",
    meaning: "Label maps of test cases lie beside the images.",
    fix: "Keep them from participants; `segathlon package` seals them.",
  },
  "implausible-spacing": {
    code: "CHK041",
    severity: "warning",
    meaning: "The voxel spacing cannot be in millimetres.",
    fix: "Correct the spacing (units?).",
  },
  "transforms-disagree": {
    code: "CHK042",
    severity: "warning",
    meaning: "The two NIfTI transforms (sform, qform) of a file place it differently.",
    fix: "Keep one: tools do not agree on which to use.",
  },
  "overlapping-structures": {
    code: "CHK043",
    severity: "note",
    meaning: "Masks of different structures overlap.",
    fix: "Nothing, if they may; a single label map cannot hold them.",
  },
  "undeclared-labels": {
    code: "CHK044",
    severity: "warning",
    meaning: "The dataset does not say what its labels mean.",
    fix: "Name the labels in the document.",
  },
} as const satisfies Readonly<Record<string, FindingKind>>;

export type FindingName = keyof typeof findingKinds;

export interface Finding {
  readonly name: FindingName;
  readonly code: string;
  readonly severity: Severity;
  /** Which case or file, which rule, expected and found, in one sentence. */
  readonly message: string;
  readonly fix: string;
  readonly fixable: boolean;
  readonly case?: string;
  readonly file?: string;
  readonly label?: string;
  readonly expected?: string;
  readonly found?: string;
  /** The other cases that a finding is about. */
  readonly otherCases?: readonly string[];
}

export type FindingDetails = Partial<
  Pick<Finding, "case" | "file" | "label" | "expected" | "found" | "otherCases" | "severity" | "fix">
>;

/** Makes a finding; severity and fix are those of its kind unless `details` says otherwise. */
export function finding(name: FindingName, message: string, details: FindingDetails = {}): Finding {
  const kind: FindingKind = findingKinds[name];
  return {
    name,
    code: kind.code,
    severity: kind.severity,
    message,
    fix: kind.fix,
    fixable: kind.fixable === true,
    ...details,
  };
}

const order: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

/** Errors first, then by code, case and file. */
export function sortFindings(findings: readonly Finding[], compareCases: (a: string, b: string) => number): Finding[] {
  return [...findings].sort(
    (a, b) =>
      order[a.severity] - order[b.severity] ||
      (a.code < b.code ? -1 : a.code > b.code ? 1 : 0) ||
      compareCases(a.case ?? "", b.case ?? "") ||
      ((a.file ?? "") < (b.file ?? "") ? -1 : 1),
  );
}
