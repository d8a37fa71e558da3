/** `segathlon serve`: the benchmark server. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { startServer } from "@segathlon/server";
import { Command } from "commander";
import pc from "picocolors";
import { wholeNumber } from "../option-values.ts";
import { progressLine } from "../progress-line.ts";

interface Options {
  readonly data?: string;
  readonly port?: string;
  readonly host?: string;
  readonly publicUrl?: string;
  readonly threads?: string;
  readonly adminLink?: true;
  readonly quiet?: true;
}

/** The built pages, where they are. */
export function webRoot(): string | null {
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve("@segathlon/web/package.json")), "dist");
    return existsSync(join(folder, "index.html")) ? folder : null;
  } catch {
    return null;
  }
}

async function serve(folders: readonly string[], options: Options): Promise<void> {
  const pages = webRoot();
  const fleet = process.env.DATABASE_URL !== undefined;
  const server = await startServer({
    ...(fleet && options.data === undefined ? {} : { dataDir: resolve(options.data ?? "segathlon-data") }),
    ...(options.port === undefined ? {} : { port: wholeNumber("--port", options.port, 0) }),
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    ...(options.threads === undefined ? {} : { threads: wholeNumber("--threads", options.threads, 0) }),
    ...(process.env.SEGATHLON_LOG === undefined && process.stderr.isTTY ? { logLevel: "warn" } : {}),
    webRoot: pages,
  });
  const stop = (): void => {
    server.close().then(
      () => process.exit(0),
      () => process.exit(2),
    );
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const line = progressLine("taking in files", options.quiet ? { mode: "quiet" } : {});
  for (const folder of folders) {
    const id = await server.importFolder({
      folder: resolve(folder),
      onProgress: ({ task, file, done, total }) => line.update({ share: done / total, text: `${task}: ${file}` }),
    });
    line.end();
    process.stdout.write(`${id}: ${server.context.publicUrl}/benchmarks/${id}\n`);
  }
  process.stdout.write(`${pc.bold("listening")} on ${server.context.publicUrl}\n`);
  if (pages === null)
    process.stdout.write("the pages are not built; the API is at /api/v1 (`npm run prepare` builds them)\n");
  const link = options.adminLink === true ? await server.newAdminLink() : server.adminLink;
  if (link !== null) process.stdout.write(`one-time administrator link: ${link}\n`);
}

export function serveCommand(): Command {
  return new Command("serve")
    .description(
      "run the benchmark server: one process with a data directory, or one of a fleet with DATABASE_URL and S3_*",
    )
    .argument("[folders...]", "folders with benchmark.yaml and data, taken in at the start")
    .option("--data <dir>", "data directory (default: segathlon-data)")
    .option("--port <n>", "port (default: 7420; 0 takes a free one)")
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--public-url <origin>", "origin under which people reach the server, such as https://host")
    .option("--threads <n>", "scoring threads (default: 2; 0 leaves scoring to workers)")
    .option("--admin-link", "print a new one-time administrator link")
    .option("--quiet", "no progress")
    .addHelpText("after", "\nExample:\n  segathlon serve spleen --port 8080\n\nAll settings: docs/operator.md")
    .action(serve);
}
