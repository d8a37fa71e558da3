/** The built-in profiles. A profile is plain data: a benchmark may bring its own. */
import type { Profile } from "../profile.ts";
import { bratsProfiles } from "./brats.ts";
import { autopet, flare22, msd, panoptic } from "./challenges.ts";
import { deepmind, deepmind2d } from "./deepmind.ts";
import { medpy04, medpy05 } from "./medpy.ts";
import { metricsReloaded } from "./metrics-reloaded.ts";
import { monai15 } from "./monai.ts";
import { nnunetV2 } from "./nnunet.ts";

/** Those equal to reference values first, then those by definition only (`verified: "unverified"`). */
export const PROFILES: readonly Profile[] = [
  deepmind,
  deepmind2d,
  nnunetV2,
  monai15,
  medpy05,
  medpy04,
  metricsReloaded,
  msd,
  flare22,
  ...bratsProfiles,
  autopet,
  panoptic,
];

/**
 * A built-in profile by its id.
 *
 * @throws RangeError naming the known ids.
 * @example
 * findProfile("monai-1.5").percentile; // "linear"
 */
export function findProfile(id: string): Profile {
  const found = PROFILES.find((profile) => profile.id === id);
  if (found === undefined) {
    throw new RangeError(`unknown profile "${id}"; known: ${PROFILES.map((profile) => profile.id).join(", ")}`);
  }
  return found;
}

/**
 * The profile with two-dimensional rules, for volumes of one slice. Counts have no dimension; of the profiles with a boundary
 * `deepmind` has a two-dimensional form.
 *
 * @throws RangeError for a profile that has none.
 */
export function twoDimensional(profile: Profile): Profile {
  if (profile.id === "deepmind") return deepmind2d;
  if (profile.boundary === "none" || profile.boundary === "contours-2d") return profile;
  throw new RangeError(`profile "${profile.id}" has no two-dimensional form; "deepmind" has`);
}
