/** Who is asking: session, sign-up, sign-in, API keys, account. */
import { z } from "zod";
import { displayNameSchema } from "./display-name.ts";

export const roleSchema = z.enum(["anonymous", "user", "participant", "organiser", "administrator"]);

export const userSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  administrator: z.boolean(),
});

/** What the signed-in user is in one benchmark. */
export const membershipSchema = z.object({
  benchmark: z.string(),
  organiser: z.boolean(),
  team: z.object({ id: z.string(), name: z.string(), status: z.enum(["pending", "approved", "rejected"]) }).nullable(),
});

export const sessionSchema = z.object({ user: userSchema.nullable(), memberships: z.array(membershipSchema) });

const password = z.string().min(10).max(128);
export const signUpSchema = z.strictObject({ name: displayNameSchema, email: z.email().max(200), password });
export const signInSchema = z.strictObject({ email: z.email().max(200), password: z.string().min(1).max(128) });
export const passwordResetRequestSchema = z.strictObject({ email: z.email().max(200) });
export const passwordResetSchema = z.strictObject({ token: z.string().max(300), password });

export const apiKeyScopeSchema = z.enum(["read", "submit", "organise"]);
export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(apiKeyScopeSchema),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
});
export const createApiKeySchema = z.strictObject({
  name: displayNameSchema,
  scopes: z.array(apiKeyScopeSchema).min(1).default(["read", "submit"]),
  /** Days until it ends; null: never. */
  days: z.number().int().positive().max(3650).nullable().default(365),
});
/** `key` is shown once; only its hash is kept. Send it as `authorization: Bearer KEY`. */
export const createdApiKeySchema = apiKeySchema.extend({ key: z.string() });

export const accountExportSchema = z.object({
  user: userSchema,
  teams: z.array(z.object({ benchmark: z.string(), team: z.string(), joinedAt: z.iso.datetime() })),
  submissions: z.array(
    z.object({
      id: z.number().int(),
      benchmark: z.string(),
      phase: z.string(),
      createdAt: z.iso.datetime(),
      state: z.string(),
    }),
  ),
  dataAccess: z.array(z.object({ benchmark: z.string(), status: z.string(), requestedAt: z.iso.datetime() })),
});

export type Session = z.infer<typeof sessionSchema>;
export type User = z.infer<typeof userSchema>;
export type Membership = z.infer<typeof membershipSchema>;
export type Role = z.infer<typeof roleSchema>;
export type ApiKey = z.infer<typeof apiKeySchema>;
export type ApiKeyScope = z.infer<typeof apiKeyScopeSchema>;
