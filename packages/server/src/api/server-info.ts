/** What this server is and what it allows. */
import { z } from "zod";

export const serverInfoSchema = z.object({
  name: z.string(),
  version: z.string(),
  signUp: z.enum(["open", "invitation"]),
  /** OpenID Connect providers by id; start at `/api/auth/sign-in/oauth2` with `{ providerId }`. */
  signInWith: z.array(z.object({ id: z.string(), name: z.string() })),
  mail: z.boolean(),
  limits: z.object({ maxUploadBytes: z.number().int(), maxFileBytes: z.number().int() }),
  time: z.iso.datetime(),
});

export const healthSchema = z.object({
  status: z.enum(["ok", "degraded", "down"]),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() })),
});

export type ServerInfo = z.infer<typeof serverInfoSchema>;
