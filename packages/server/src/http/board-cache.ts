/** Boards that were computed, by what they depend on. Two requests for one board compute it once. */
import type { Leaderboard } from "../api/index.ts";

export interface CachedBoard {
  readonly board: Leaderboard;
  readonly json: string;
}

export interface BoardCache {
  get(key: string, compute: () => Promise<Leaderboard>): Promise<CachedBoard>;
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
      const fresh = compute().then((board) => ({ board, json: JSON.stringify(board) }));
      kept.set(key, fresh);
      fresh.catch(() => kept.delete(key));
      const [oldest] = kept.keys();
      if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
      return fresh;
    },
  };
}
