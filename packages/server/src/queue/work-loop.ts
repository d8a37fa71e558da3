/** Takes jobs and works on them: woken by events in its own process or the database, and by a clock in case one was missed. */
import type { ThreadPool } from "../scoring/thread-pool.ts";
import type { ServerContext } from "../server-context.ts";
import { careRound } from "./caretaker.ts";
import { runIntake } from "./intake.ts";
import type { JobQueue } from "./job-queue.ts";
import { runScoreChunk } from "./score-chunk.ts";

export interface WorkLoop {
  /** Takes no more jobs and waits for the running ones, at most `seconds`; their claims then end by themselves. */
  stop(seconds: number): Promise<void>;
}

const idleMilliseconds = 2000;
const careMilliseconds = 5000;

export function startWorkLoop(context: ServerContext, queue: JobQueue, pool: ThreadPool): WorkLoop {
  let stopping = false;
  let wake = (): void => {};
  let woken = false;
  const running = new Set<Promise<void>>();
  const unsubscribe = context.events.subscribe((event) => {
    if (event.type !== "work") return;
    woken = true;
    wake();
  });
  const track = (work: Promise<void>): void => {
    const tracked: Promise<void> = work
      .catch((error: unknown) => context.log.error({ error: String(error) }, "job"))
      .finally(() => {
        running.delete(tracked);
        woken = true;
        wake();
      });
    running.add(tracked);
  };
  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      if (woken) {
        woken = false;
        resolve();
        return;
      }
      const timer = setTimeout(resolve, idleMilliseconds);
      wake = () => {
        clearTimeout(timer);
        woken = false;
        resolve();
      };
    });
  // One more chunk than threads, so that files are read while others are scored; one intake at a time.
  const width = pool.size + 1;
  let intakes = 0;
  let chunks = 0;

  async function takeJobs(): Promise<boolean> {
    let took = false;
    if (intakes === 0) {
      const job = await queue.fetchIntake();
      if (job !== null) {
        took = true;
        intakes += 1;
        track(
          runIntake(context, pool, queue, job.data.submission)
            .then(() => queue.finish("intake", [job.id]))
            .finally(() => {
              intakes -= 1;
            }),
        );
      }
    }
    if (chunks < width) {
      for (const job of await queue.fetchScore(width - chunks)) {
        took = true;
        chunks += 1;
        track(
          runScoreChunk(context, pool, job.data.evaluation, job.data.chunk)
            .then(() => queue.finish("score", [job.id]))
            .finally(() => {
              chunks -= 1;
            }),
        );
      }
    }
    return took;
  }

  const loop = (async () => {
    let nextCare = 0;
    while (!stopping) {
      try {
        if (Date.now() >= nextCare) {
          await careRound(context, queue, pool);
          nextCare = Date.now() + careMilliseconds;
        }
        if (!(await takeJobs())) await rest();
      } catch (error) {
        context.log.warn({ error: String(error) }, "work loop");
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  })();

  return {
    async stop(seconds) {
      stopping = true;
      unsubscribe();
      wake();
      const limit = new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000).unref());
      await Promise.race([Promise.all([loop, ...running]), limit]);
    },
  };
}
