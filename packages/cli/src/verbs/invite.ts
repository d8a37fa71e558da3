/** `segathlon invite`: a one-time link to a team or to the organisers. */
import { SegathlonError } from "@segathlon/errors";
import { Command } from "commander";
import { connect } from "./credentials.ts";

async function invite(
  benchmark: string,
  options: { organiser?: true; email?: string; server?: string; json?: true },
): Promise<void> {
  const { client } = connect(options.server);
  const body = { email: options.email ?? null };
  const { memberships } = await client.call("getSession", {});
  const team = memberships.find((entry) => entry.benchmark === benchmark)?.team ?? null;
  if (!options.organiser && team === null)
    throw new SegathlonError("SEG408", `the account is in no team of ${benchmark}`, {
      hint: "Use --organiser to invite an organiser.",
    });
  const made =
    options.organiser || team === null
      ? await client.call("inviteOrganiser", { params: { benchmark }, body })
      : await client.call("inviteToTeam", { params: { benchmark, team: team.id }, body });
  if (options.json) process.stdout.write(`${JSON.stringify(made)}\n`);
  else
    process.stdout.write(
      `${made.url}\nworks once, until ${made.expiresAt}${made.mailed ? "; it was mailed" : "; pass it on yourself"}\n`,
    );
}

export function inviteCommand(): Command {
  return new Command("invite")
    .description("make a one-time link to your team, or to the organisers of a benchmark")
    .argument("<benchmark>", "benchmark")
    .option("--organiser", "invite an organiser (organisers only)")
    .option("--email <address>", "mail the link where the server can send mail")
    .option("--server <address>", "server (default: the one of the last login)")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample:\n  segathlon invite spleen --organiser --email ada@example.org")
    .action(invite);
}
