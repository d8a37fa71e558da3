/** The whole torso in painting order: what lies deeper in the list covers what stands before it. */
import type { Structure } from "../phantom-document.ts";
import {
  adrenals,
  duodenum,
  gallBladder,
  kidneys,
  liverAndVessels,
  mesentericVessels,
  pancreas,
  spleen,
  splenicVein,
  stomachAndGullet,
} from "./torso-belly.ts";
import { bladder, colon, prostateAndUterus, smallBowel } from "./torso-bowel.ts";
import { airways, atria, greatVessels, lungs, plainHeart } from "./torso-chest.ts";
import { bodyWall, couch, skeleton } from "./torso-frame.ts";

/** Chest, abdomen and pelvis from z = -240 to 340 mm; `extra` (lesions) is painted last. */
export function torso(extra: readonly Structure[] = []): Structure[] {
  return [
    ...couch,
    ...bodyWall,
    ...lungs,
    ...skeleton,
    ...airways,
    ...plainHeart,
    ...atria,
    ...smallBowel,
    ...colon,
    ...prostateAndUterus,
    bladder,
    ...kidneys,
    ...adrenals,
    ...stomachAndGullet,
    spleen,
    mesentericVessels,
    splenicVein,
    pancreas,
    duodenum,
    ...liverAndVessels,
    gallBladder,
    ...greatVessels,
    ...extra,
  ];
}
