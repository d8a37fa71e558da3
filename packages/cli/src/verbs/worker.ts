/** `segathlon worker`: more hands for a fleet. */
import { startWorker } from "@segathlon/server";
import { Command } from "commander";
import { wholeNumber } from "../option-values.ts";

interface Options {
  readonly threads?: string;
  readonly name?: string;
  readonly data?: string;
}

async function work(options: Options): Promise<void> {
  const worker = await startWorker({
    ...(options.threads === undefined ? {} : { threads: wholeNumber("--threads", options.threads, 1) }),
    ...(options.name === undefined ? {} : { workerName: options.name }),
    ...(options.data === undefined ? {} : { dataDir: options.data }),
  });
  process.stdout.write(`worker ${worker.name} is ready\n`);
  const stop = (): void => {
    worker.close().then(
      () => process.exit(0),
      () => process.exit(2),
    );
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

export function workerCommand(): Command {
  return new Command("worker")
    .description("score for a server over the same DATABASE_URL and S3_* (or a shared --data folder for files)")
    .option("--threads <n>", "scoring threads (default: 2)")
    .option("--name <name>", "name in the organisers' view (default: host and process)")
    .option("--data <dir>", "folder of the files, where they are shared without S3")
    .addHelpText("after", "\nExample:\n  DATABASE_URL=postgres://... S3_ENDPOINT=... segathlon worker --threads 8")
    .action(work);
}
