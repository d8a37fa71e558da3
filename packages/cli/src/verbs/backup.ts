/** `segathlon backup` and `segathlon restore`: a data directory in one checked file. */
import { resolve } from "node:path";
import { backupDataFolder, restoreDataFolder } from "@segathlon/server";
import { Command } from "commander";
import { progressLine } from "../progress-line.ts";

export function backupCommand(): Command {
  return new Command("backup")
    .description("write a data directory (database and files) to one file and check it; the server must be stopped")
    .requiredOption("--out <file>", "file to write, such as spleen-2026-11-21.tar")
    .option("--data <dir>", "data directory", "segathlon-data")
    .addHelpText(
      "after",
      "\nExample:\n  segathlon backup --data segathlon-data --out backup.tar\n\nA fleet is backed up with pg_dump and the tools of its object storage: docs/operator.md",
    )
    .action(async (options: { out: string; data: string }) => {
      const line = progressLine("backup");
      const made = await backupDataFolder(resolve(options.data), resolve(options.out), (done, total) =>
        line.update({ share: done / Math.max(1, total), text: `${done} of ${total}` }),
      );
      line.end();
      process.stdout.write(
        `${made.file}: ${made.files} files, ${(made.bytes / 1e6).toFixed(1)} MB, read back and whole\n`,
      );
      process.stdout.write(
        `The sealing key is NOT in it. Keep ${made.sealingKey} (or SEGATHLON_SEALING_KEY) in another place: without it the references cannot be opened.\n`,
      );
    });
}

export function restoreCommand(): Command {
  return new Command("restore")
    .description("restore a backup into a new data directory")
    .argument("<file>", "file that `segathlon backup` wrote")
    .requiredOption("--data <dir>", "data directory to make")
    .addHelpText(
      "after",
      "\nExample:\n  segathlon restore backup.tar --data restored && segathlon doctor --data restored",
    )
    .action(async (file: string, options: { data: string }) => {
      const { files } = await restoreDataFolder(resolve(file), resolve(options.data));
      process.stdout.write(
        `${options.data}: ${files} files restored and checked. Put the sealing key at ${resolve(options.data)}.sealing-key, then run \`segathlon doctor --data ${options.data}\`.\n`,
      );
    });
}
