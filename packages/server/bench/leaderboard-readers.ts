/**
 * Readers of a leaderboard, one request a second each, in a process of their own so that they do not share the server's thread. Timed to
 * the last byte, compressed as a browser asks for it; unpacking is the reader's own time and not counted.
 */
import { Agent, get } from "node:http";

const [url = "", readers = "100", rounds = "5"] = process.argv.slice(2);
const times: number[] = [];

const agent = new Agent({ keepAlive: true });
let bytes = 0;

function load(): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { "accept-encoding": "gzip" } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${response.statusCode}`));
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
      });
      response.on("end", () => resolve(size));
    }).on("error", reject);
  });
}

async function read(delay: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, delay));
  for (let round = 0; round < Number(rounds); round += 1) {
    const start = performance.now();
    bytes = await load();
    const taken = performance.now() - start;
    times.push(taken);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1000 - taken)));
  }
}

await Promise.all(Array.from({ length: Number(readers) }, (_, index) => read((index * 1000) / Number(readers))));
times.sort((a, b) => a - b);
process.stdout.write(
  JSON.stringify({
    requests: times.length,
    bytes,
    p50: times[times.length >> 1],
    p95: times[Math.floor(times.length * 0.95)],
    slowest: times.at(-1),
  }),
);
agent.destroy();
