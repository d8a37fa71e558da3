/**
 * A dataset as every format is read into: cases with their files, channels, labels, licences and splits.
 *
 * Paths are relative to the root of the dataset and use `/`. No voxel has been read yet.
 */

/** Which cases may be used for what. */
export type SplitName = "train" | "validation" | "test";

export type DatasetFormat = "msd" | "amos" | "nnunet" | "monai" | "bids" | "structures" | "plain";

/** The images of a case: one file with all channels (4D when there are several), or one file for each channel. */
export type ImageSource =
  | { readonly kind: "one-file"; readonly file: string }
  | { readonly kind: "file-per-channel"; readonly files: readonly string[] };

/** The annotation of a case: a label map, or one mask for each structure. */
export type LabelSource =
  | { readonly kind: "label-map"; readonly file: string }
  | { readonly kind: "file-per-structure"; readonly files: Readonly<Record<string, string>> };

/** What is known about a case beside its images: site, scanner, age ... */
export type CaseAttributes = Readonly<Record<string, string | number | null>>;

export interface DatasetCase {
  readonly id: string;
  readonly split: SplitName;
  /** Absent for a label without an image. */
  readonly image?: ImageSource;
  readonly label?: LabelSource;
  readonly attributes: CaseAttributes;
  /** False when the dataset's document does not list it although the files are there. */
  readonly listed: boolean;
}

export interface DatasetLabel {
  readonly value: number;
  readonly name: string;
}

/** A union of labels with a name of its own (nnU-Net regions). */
export interface DatasetRegion {
  readonly name: string;
  readonly values: readonly number[];
}

/** One statement about the licence and where it stands; several may disagree. */
export interface LicenceStatement {
  readonly source: string;
  readonly value: string;
}

/** A table of cases found beside them, such as AMOS's metadata CSV. */
export interface MetadataTable {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Column that names the case; undefined when no column does. */
  readonly caseColumn?: number;
}

/** Something a reader noticed that is no obstacle: a misspelt key, a file that was passed over. */
export interface ReadingNote {
  readonly kind:
    | "misspelt-key"
    | "junk-file"
    | "missing-file"
    | "unused-file"
    | "duplicate-case"
    | "test-labels"
    | "duplicate-entry";
  readonly file: string;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
  readonly case?: string;
}

export interface Dataset {
  readonly format: DatasetFormat;
  readonly name: string;
  readonly description: string;
  /** Where the data comes from, in the document's words. */
  readonly reference: string;
  readonly release: string;
  readonly licences: readonly LicenceStatement[];
  /** Channel names in file order; empty when the format does not say. */
  readonly channels: readonly string[];
  /** Foreground labels, ascending; background is 0 and not listed. Empty when the format does not say. */
  readonly labels: readonly DatasetLabel[];
  readonly regions: readonly DatasetRegion[];
  /** nnU-Net's label for voxels that do not count. */
  readonly ignoreLabel?: number;
  /** In natural order of their ids. */
  readonly cases: readonly DatasetCase[];
  /** Cross-validation folds that came with the data (nnU-Net's `splits_final.json`, MONAI's `fold`). */
  readonly folds: readonly { readonly train: readonly string[]; readonly validation: readonly string[] }[];
  /** Numbers that the document states about itself. */
  readonly declared: { readonly training?: number; readonly test?: number; readonly tensorImageSize?: string };
  /** The document that was read, such as `dataset.json`. */
  readonly documentFile?: string;
  readonly tables: readonly MetadataTable[];
  readonly notes: readonly ReadingNote[];
  /** Keys of the document that the model has no place for, kept for writing the same format again. */
  readonly otherKeys: Readonly<Record<string, unknown>>;
}

/** Every file of a case, images first. */
export function caseFiles(one: DatasetCase): string[] {
  const images = one.image === undefined ? [] : one.image.kind === "one-file" ? [one.image.file] : [...one.image.files];
  const labels =
    one.label === undefined ? [] : one.label.kind === "label-map" ? [one.label.file] : Object.values(one.label.files);
  return [...images, ...labels];
}
