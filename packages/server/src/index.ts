/** The benchmark server: one process with a data directory, or a fleet over PostgreSQL and S3. The contract is in `./api`. */
export type { FolderImport, ImportProgress } from "./domain/import-folder.ts";
export type { Settings, SettingsInput } from "./settings.ts";
export { type RunningServer, type RunningWorker, startServer, startWorker } from "./start-server.ts";
