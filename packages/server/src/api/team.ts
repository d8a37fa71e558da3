/** Teams: registration for a benchmark, members, invitations. */
import { z } from "zod";
import { displayNameSchema } from "./display-name.ts";

export const teamSchema = z.object({
  id: z.string(),
  benchmark: z.string(),
  name: z.string(),
  institution: z.string().nullable(),
  status: z.enum(["pending", "approved", "rejected"]),
  createdAt: z.iso.datetime(),
  /** Names; e-mail addresses for members and organisers only (null to others). */
  members: z.array(z.object({ id: z.string(), name: z.string(), email: z.string().nullable(), leader: z.boolean() })),
});

export const registerTeamSchema = z.strictObject({
  name: displayNameSchema,
  institution: z.string().trim().max(200).nullable().default(null),
});

export const decideSchema = z.strictObject({
  status: z.enum(["approved", "rejected"]),
  reason: z.string().trim().max(1000).default(""),
});

/** Without SMTP the link is for the inviter to pass on. */
export const invitationSchema = z.object({
  id: z.string(),
  kind: z.enum(["team", "organiser", "administrator"]),
  email: z.string().nullable(),
  url: z.string().nullable(),
  expiresAt: z.iso.datetime(),
  mailed: z.boolean(),
});
export const inviteSchema = z.strictObject({ email: z.email().max(200).nullable().default(null) });
export const acceptInvitationSchema = z.strictObject({ token: z.string().min(20).max(200) });

export type Team = z.infer<typeof teamSchema>;
export type Invitation = z.infer<typeof invitationSchema>;
