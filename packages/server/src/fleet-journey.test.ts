/** The same journey on PostgreSQL and S3, with scoring left to worker processes' code. */
import { rmSync } from "node:fs";
import { afterAll, beforeAll } from "vitest";
import { startServer, startWorker } from "./start-server.ts";
import { writeChallenge } from "./testing/challenge-fixture.ts";
import { type Fleet, startFleet } from "./testing/fleet-fixture.ts";
import { describeJourney } from "./testing/journey.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet?.[Symbol.asyncDispose]());

describeJourney(async () => {
  const challenge = writeChallenge(fleet.folder);
  const server = await startServer({
    ...fleet.settings,
    port: 0,
    rateLimits: "off",
    logLevel: process.env.SEGATHLON_LOG ?? "silent",
    threads: 0,
  });
  const worker = await startWorker({
    ...fleet.settings,
    threads: 1,
    workerName: "worker-1",
    logLevel: process.env.SEGATHLON_LOG ?? "silent",
  });
  await server.importFolder({ folder: challenge });
  return {
    server,
    folder: fleet.folder,
    challenge,
    async [Symbol.asyncDispose]() {
      await worker.close();
      await server.close();
      rmSync(challenge, { recursive: true, force: true });
    },
  };
});
