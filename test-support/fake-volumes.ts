/** Small volumes for the pages' tests: ellipsoids as organs, an image that shows them, a prediction that is a little off. */
import { gzipSync } from "node:zlib";
import { labelNifti } from "../packages/web/src/viewer/label-nifti.ts";

export const fakeGeometry = {
  shape: [64, 64, 40],
  spacingMm: [1.5, 1.5, 3],
  affine: [-1.5, 0, 0, 48, 0, -1.5, 0, 48, 0, 0, 3, -60],
} as const;

/** Label 1 to `regions` as ellipsoids along a helix, moved by `shift` voxels. */
export function fakeLabels(regions: number, shift: number): Uint8Array {
  const [nx, ny, nz] = fakeGeometry.shape;
  const labels = new Uint8Array(nx * ny * nz);
  for (let region = 1; region <= regions; region++) {
    const angle = (2 * Math.PI * region) / regions;
    const centre = [
      nx / 2 + 17 * Math.cos(angle) + shift,
      ny / 2 + 17 * Math.sin(angle),
      6 + ((nz - 12) * region) / regions,
    ] as const;
    const radius = [6, 5, 4] as const;
    for (let k = 0; k < nz; k++)
      for (let j = 0; j < ny; j++)
        for (let i = 0; i < nx; i++)
          if (
            ((i - centre[0]) / radius[0]) ** 2 +
              ((j - centre[1]) / radius[1]) ** 2 +
              ((k - centre[2]) / radius[2]) ** 2 <=
            1
          )
            labels[i + nx * (j + ny * k)] = region;
  }
  return labels;
}

export function fakeLabelFile(regions: number, shift: number): Uint8Array {
  return gzipSync(new Uint8Array(labelNifti(fakeGeometry, fakeLabels(regions, shift))));
}

/** A body of 40, organs brighter by their label, as unsigned 16-bit. */
export function fakeImageFile(regions: number): Uint8Array {
  const [nx, ny] = fakeGeometry.shape;
  const values = Uint16Array.from(fakeLabels(regions, 0), (label, voxel) => {
    const i = voxel % nx;
    const j = Math.floor(voxel / nx) % ny;
    const inBody = ((i - nx / 2) / 29) ** 2 + ((j - ny / 2) / 26) ** 2 <= 1;
    return label > 0 ? 90 + 6 * label + ((i * 7 + j * 13) % 9) : inBody ? 40 + ((i * 5 + j * 11) % 13) : 0;
  });
  return gzipSync(new Uint8Array(labelNifti(fakeGeometry, values)));
}
