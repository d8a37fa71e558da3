/**
 * Server-Sent Events. `GET /api/v1/benchmarks/{benchmark}/events` (public changes) and `GET /api/v1/submissions/{id}/events`
 * (one submission, its team and organisers). Every message has `event: <type>` and one line of JSON `data`; a comment line
 * every 15 s keeps proxies from closing the stream. A client that was away asks the plain resource again.
 */
import { z } from "zod";
import { submissionSchema } from "./submission.ts";

export const eventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("submission"), submission: submissionSchema }),
  z.object({ type: z.literal("leaderboard"), benchmark: z.string(), phase: z.string(), revision: z.string() }),
  z.object({ type: z.literal("phase"), benchmark: z.string(), phase: z.string() }),
  z.object({ type: z.literal("announcement"), benchmark: z.string(), id: z.string() }),
  z.object({ type: z.literal("rescore"), benchmark: z.string(), id: z.string(), state: z.string() }),
]);
export type ServerEvent = z.infer<typeof eventSchema>;
