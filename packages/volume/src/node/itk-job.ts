/** What is asked of the ITK worker and what it answers. */

export type ItkJob =
  | { readonly kind: "dicom-series"; readonly paths: readonly string[] }
  | { readonly kind: "dicom-seg"; readonly path: string };

/** A job and the optional package that does it. */
export interface ItkOrder {
  readonly job: ItkJob;
  readonly packageName: string;
}

/** An image as itk-wasm gives it, in plain data: LPS, direction row by row. */
export interface ItkImage {
  readonly size: readonly number[];
  readonly spacing: readonly number[];
  readonly origin: readonly number[];
  readonly direction: readonly number[];
  readonly components: number;
  readonly data: unknown;
}

export type ItkAnswer =
  | { readonly kind: "image"; readonly image: ItkImage; readonly information: unknown }
  /** The optional package is not installed. */
  | { readonly kind: "missing-package"; readonly name: string }
  | { readonly kind: "failed"; readonly message: string };
