/** Error codes of volumes and files. */
import type { ErrorDefinition } from "../error-definition.ts";

export const volumeErrors = {
  SEG001: {
    name: "unreadable-file",
    meaning: "The file cannot be opened or read.",
    hint: "Check the path and the permissions.",
    failure: "participant",
  },
  SEG002: {
    name: "unknown-format",
    meaning: "The bytes are not in a format that can be read.",
    hint: "Give NIfTI (.nii, .nii.gz, .hdr/.img), NRRD (.nrrd), MetaImage (.mha, .mhd) or DICOM.",
    failure: "participant",
  },
  SEG003: {
    name: "truncated-file",
    meaning: "The file ends before the data that its header announces.",
    hint: "Copy or write the file again; compare its size with the source.",
    failure: "participant",
  },
  SEG004: {
    name: "broken-gzip",
    meaning: "The gzip stream is damaged.",
    hint: "Copy or compress the file again; `gzip -t FILE` tests it.",
    failure: "participant",
  },
  SEG005: {
    name: "oversized-file",
    meaning: "The file holds more data than its header announces, or more than the limit.",
    hint: "Write the file again with a header that matches its data.",
    failure: "participant",
  },
  SEG006: {
    name: "invalid-header",
    meaning: "A header field has a value that the format does not allow.",
    hint: "Write the file again with a current library.",
    failure: "participant",
  },
  SEG007: {
    name: "unsupported-type",
    meaning: "The voxel type cannot be read as a number (complex, RGB, 128-bit).",
    hint: "Convert the volume to an integer or floating-point type.",
    failure: "participant",
  },
  SEG008: {
    name: "not-a-label-map",
    meaning: "The voxels are not non-negative integer labels.",
    hint: "Store label values as integers; check scl_slope and scl_inter.",
    failure: "participant",
  },
  SEG009: {
    name: "volume-too-large",
    meaning: "The volume needs more memory than the limit.",
    hint: "Crop or resample the volume, or raise the limit.",
    failure: "participant",
  },
  SEG010: {
    name: "not-three-dimensional",
    meaning: "The volume has more than three dimensions where one 3D image is expected.",
    hint: "Give one file per time point or channel.",
    failure: "participant",
  },
  SEG014: {
    name: "geometry-mismatch",
    meaning: "The prediction does not lie on the grid of the reference.",
    hint: "Write predictions with the header of the image; see --copy-geometry and --resample-prediction.",
    failure: "participant",
  },
  SEG015: {
    name: "invalid-affine",
    meaning: "The affine is not finite or not invertible.",
    hint: "Mend the sform/qform of the file.",
    failure: "participant",
  },
  SEG016: {
    name: "missing-optional-package",
    meaning: "Reading this format needs an optional package.",
    hint: "Install the named package with npm.",
    failure: "infrastructure",
  },
  SEG017: {
    name: "overlapping-segments",
    meaning: "Segments overlap where one label map is expected, in which a voxel has one label.",
    hint: "Save the segments as one file per structure.",
    failure: "participant",
  },
} as const satisfies Record<`SEG${number}`, ErrorDefinition>;
