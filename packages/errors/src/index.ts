export type { ErrorDefinition, FailureKind } from "./error-definition.ts";
export { type ErrorCode, errorTable } from "./error-table.ts";
export {
  atPlace,
  type ErrorPlace,
  type Problem,
  SegathlonError,
  type SegathlonErrorOptions,
} from "./segathlon-error.ts";
