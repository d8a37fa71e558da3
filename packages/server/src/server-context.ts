/** What every part of the server works with: one object made at the start and passed on. */
import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { OpenDatabase } from "./database/open-database.ts";
import type { Database } from "./database/schema.ts";
import type { EventHub } from "./event-hub.ts";
import type { Settings } from "./settings.ts";
import type { BlobStore } from "./storage/blob-store.ts";
import type { SealingKey } from "./storage/sealing.ts";

export interface ServerContext {
  readonly settings: Settings;
  readonly connection: OpenDatabase;
  readonly database: Kysely<Database>;
  readonly store: BlobStore;
  /** null: this process can neither seal nor open references. */
  readonly sealingKey: SealingKey | null;
  readonly events: EventHub;
  readonly log: Logger;
  /** Folder for files that live as long as a job. */
  readonly scratch: string;
  /** Origin of links in mails and answers. */
  publicUrl: string;
}
