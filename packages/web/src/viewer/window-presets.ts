/** Display windows: which intensities are black and white. CT in Hounsfield units; everything else by the image's own range. */

export interface WindowPreset {
  readonly id: string;
  readonly name: string;
  /** Lowest and highest intensity shown; null: between the 2nd and the 98th percentile. */
  readonly range: readonly [number, number] | null;
}

const automatic: WindowPreset = { id: "auto", name: "automatic (2 to 98 %)", range: null };

const ctWindow = (id: string, name: string, level: number, width: number): WindowPreset => ({
  id,
  name: `${name} (L ${level}, W ${width})`,
  range: [level - width / 2, level + width / 2],
});

const ct: readonly WindowPreset[] = [
  ctWindow("abdomen", "abdomen", 40, 400),
  ctWindow("liver", "liver", 30, 150),
  ctWindow("lung", "lung", -600, 1500),
  ctWindow("mediastinum", "mediastinum", 50, 350),
  ctWindow("bone", "bone", 400, 1800),
  ctWindow("brain", "brain", 40, 80),
  automatic,
];

/** Presets for a channel; CT is known by its name. */
export function windowPresets(channel: string): readonly WindowPreset[] {
  return /\bct\b/i.test(channel) ? ct : [automatic];
}
