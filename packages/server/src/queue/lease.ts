/** Keeps a claim alive while its holder works. A worker that hangs or dies stops doing so, and another takes over. */
import { sql } from "kysely";
import type { ServerContext } from "../server-context.ts";

export type Claim =
  | { readonly kind: "submission"; readonly id: number; readonly fence: number }
  | { readonly kind: "chunk"; readonly evaluation: number; readonly number: number; readonly fence: number };

export interface Lease {
  /** False once another has taken over; the holder stops then. */
  readonly held: boolean;
  end(): void;
}

export function keepLease(context: ServerContext, claim: Claim): Lease {
  let held = true;
  const seconds = context.settings.leaseSeconds;
  const until = sql<Date>`now() + make_interval(secs => ${seconds})`;
  const beat = async (): Promise<void> => {
    const { numUpdatedRows } =
      claim.kind === "submission"
        ? await context.database
            .updateTable("submission")
            .set({ lease_until: until })
            .where("id", "=", claim.id)
            .where("fence", "=", claim.fence)
            .executeTakeFirst()
        : await context.database
            .updateTable("evaluation_chunk")
            .set({ lease_until: until })
            .where("evaluation", "=", claim.evaluation)
            .where("number", "=", claim.number)
            .where("fence", "=", claim.fence)
            .executeTakeFirst();
    if (numUpdatedRows === 0n) held = false;
  };
  const timer = setInterval(
    () => {
      beat().catch((error: unknown) => context.log.warn({ error: String(error) }, "heartbeat not written"));
    },
    (seconds * 1000) / 4,
  );
  timer.unref();
  return {
    get held() {
      return held;
    },
    end() {
      clearInterval(timer);
    },
  };
}
