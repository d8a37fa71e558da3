/** The benchmark server: one process with a data directory, or a fleet over PostgreSQL and S3. The contract is in `./api`. */
export type { FolderImport, ImportProgress } from "./domain/import-folder.ts";
export { type BackupResult, backupDataFolder, checkBackup, restoreDataFolder } from "./operations/backup.ts";
export type { Diagnosis } from "./operations/doctor.ts";
export { type TarFile, tarBytes } from "./operations/tar-writer.ts";
export type { Settings, SettingsInput } from "./settings.ts";
export { examineServer, type RunningServer, type RunningWorker, startServer, startWorker } from "./start-server.ts";
