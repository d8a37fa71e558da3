/** A worker process for the fleet tests; settings come from the environment. Prints one line when it is ready. */
import { startWorker } from "../start-server.ts";

const worker = await startWorker({ logLevel: "silent", leaseSeconds: 3, threads: 1 });
process.stdout.write(`${worker.name}\n`);
process.once("SIGTERM", () => {
  worker.close().then(() => process.exit(0));
});
