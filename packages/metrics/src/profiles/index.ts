/** The built-in profiles. A profile is plain data: a benchmark may bring its own. */
import type { Profile } from "../profile.ts";
import { deepmind, deepmind2d } from "./deepmind.ts";

export const PROFILES: readonly Profile[] = [deepmind, deepmind2d];

/**
 * A built-in profile by its id.
 *
 * @throws RangeError naming the known ids.
 */
export function findProfile(id: string): Profile {
  const found = PROFILES.find((profile) => profile.id === id);
  if (found === undefined) {
    throw new RangeError(`unknown profile "${id}"; known: ${PROFILES.map((profile) => profile.id).join(", ")}`);
  }
  return found;
}
