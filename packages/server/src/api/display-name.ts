/** Names that people choose and others read: teams, methods, accounts. */
import { z } from "zod";

/**
 * No control, zero-width or direction-changing characters (Unicode category C) and no angle brackets, so that a name looks like
 * what it is in a table, a log and a CSV file.
 */
export const displayNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .regex(/^[^\p{C}<>]*$/u, "no control or direction characters, no angle brackets");
