/** Errors over HTTP: `application/problem+json` (RFC 9457) with the fields of a {@link SegathlonError}. */
import { z } from "zod";

export const problemDetailsSchema = z.object({
  /** `https://segathlon.dev/errors/SEG412`-like identifier; `about:blank` never appears. */
  type: z.string(),
  /** The code's short name, such as `quota-used-up`. */
  title: z.string(),
  status: z.number().int(),
  /** Which case, which rule, expected and found. Constant shape where a hidden reference is involved. */
  detail: z.string(),
  code: z.string(),
  hint: z.string(),
  /** Who has to act. */
  failure: z.enum(["participant", "organiser", "infrastructure"]),
  where: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Also in the response header `x-request-id`; the log line carries it. */
  requestId: z.string(),
});
export type ProblemDetails = z.infer<typeof problemDetailsSchema>;
