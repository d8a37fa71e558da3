/** `segathlon doctor`: looks a stopped server (or a fleet's database and storage) over. */
import { resolve } from "node:path";
import { examineServer } from "@segathlon/server";
import { Command } from "commander";
import pc from "picocolors";

interface Options {
  readonly data?: string;
  readonly removeOrphans?: true;
  readonly json?: true;
}

async function examine(options: Options): Promise<void> {
  const fleet = process.env.DATABASE_URL !== undefined;
  const found = await examineServer(
    fleet && options.data === undefined ? {} : { dataDir: resolve(options.data ?? "segathlon-data") },
    options.removeOrphans ? "remove" : "keep",
  );
  if (options.json) process.stdout.write(`${JSON.stringify(found)}\n`);
  else {
    const mark = { ok: pc.green("ok     "), warning: pc.yellow("warning"), error: pc.red("error  ") };
    for (const { check, state, message, hint } of found)
      process.stdout.write(
        `${mark[state]}  ${check}: ${message}\n${hint === "" ? "" : `         what to do: ${hint}\n`}`,
      );
  }
  process.exitCode = found.some((entry) => entry.state !== "ok") ? 1 : 0;
}

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("check the settings, the sealing key, the database, every stored file and the queue")
    .option("--data <dir>", "data directory (default: segathlon-data); the server must be stopped")
    .option("--remove-orphans", "remove files that belong to nothing")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  segathlon doctor --data segathlon-data\n\nWith DATABASE_URL and S3_* it looks at the fleet's database and storage.",
    )
    .action(examine);
}
