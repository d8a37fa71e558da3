/**
 * Rows that every request looks up again (its benchmark, its phase), kept while nothing was written. With the embedded database a
 * query runs on the thread that answers requests; with PostgreSQL other processes write too, so there every request asks.
 */
export interface UnchangedReads {
  read<Row>(key: string, load: () => Promise<Row>): Promise<Row>;
}

/** @param changes rises with every change, once the change is there to be read; null: nothing is kept. */
export function unchangedReads(changes: (() => number) | null, limit = 1000): UnchangedReads {
  if (changes === null) return { read: (_key, load) => load() };
  const kept = new Map<string, Promise<unknown>>();
  let at = changes();
  return {
    read<Row>(key: string, load: () => Promise<Row>): Promise<Row> {
      const now = changes();
      // Names come from requests: a flood of unknown ones must not fill the memory.
      if (now !== at || kept.size >= limit) kept.clear();
      at = now;
      const known = kept.get(key);
      if (known !== undefined) return known as Promise<Row>;
      const fresh = load();
      kept.set(key, fresh);
      fresh.catch(() => kept.delete(key));
      return fresh;
    },
  };
}
