/** A file that was dropped or chosen. */

/** A file with its path below what was dropped. */
export interface DroppedFile {
  /** With `/` between folders, such as `task1/amos_0001.nii.gz`. */
  readonly path: string;
  readonly file: File;
}
