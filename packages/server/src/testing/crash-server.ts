/** A server process for the crash test: prints its address and a key, and runs until it is killed. */
import { startServer } from "../start-server.ts";

const [dataDir, challenge] = process.argv.slice(2);
if (dataDir === undefined || challenge === undefined) throw new Error("crash-server.ts DATA CHALLENGE");
// Leases are short, so that what a killed process held is taken up soon.
const server = await startServer({
  dataDir,
  port: 0,
  rateLimits: "off",
  logLevel: "silent",
  minFreeBytes: 0,
  leaseSeconds: 2,
  threads: 1,
});
await server.importFolder({ folder: challenge });
const { apiKey } = await server.createAccount({ name: "Carl Crash", email: "carl@example.org" });
process.stdout.write(`${JSON.stringify({ url: server.url, apiKey })}\n`);
