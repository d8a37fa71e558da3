/** Boards that were computed, by what they depend on, with the bytes that answer a request. Two requests for one board compute it once. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Leaderboard } from "../api/index.ts";

export interface CachedBoard {
  readonly board: Leaderboard;
  /** The board as JSON in UTF-8, and the same compressed. */
  readonly json: Buffer;
  readonly gzipped: Buffer;
}

export interface BoardCache {
  get(key: string, compute: () => Promise<Leaderboard>): Promise<CachedBoard>;
}

const compress = promisify(gzip);

/** A board with its bytes. Compressed on a thread of its own, once. */
export async function boardBytes(board: Leaderboard): Promise<CachedBoard> {
  const json = Buffer.from(JSON.stringify(board));
  return { board, json, gzipped: await compress(json, { level: 5 }) };
}

/** Keeps the `limit` boards that were used last. */
export function boardCache(limit = 200): BoardCache {
  const kept = new Map<string, Promise<CachedBoard>>();
  return {
    get(key, compute) {
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key);
        kept.set(key, known);
        return known;
      }
      const fresh = compute().then(boardBytes);
      kept.set(key, fresh);
      fresh.catch(() => kept.delete(key));
      const [oldest] = kept.keys();
      if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
      return fresh;
    },
  };
}
