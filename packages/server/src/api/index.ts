/**
 * The contract of `/api/v1`: schemas and types of every request and answer, the route table, the typed client, the OpenAPI
 * document. Safe to import in a browser; needs zod only.
 */
export * from "./benchmark.ts";
export { ApiError, type CallInput, type Client, type ClientOptions, createClient, routeUrl } from "./client.ts";
export { displayNameSchema } from "./display-name.ts";
export * from "./events.ts";
export * from "./identity.ts";
export * from "./leaderboard.ts";
export { openApiDocument } from "./openapi.ts";
export * from "./organiser.ts";
export * from "./phase.ts";
export * from "./problem.ts";
export { apiPrefix, type RouteName, routePaths } from "./route-paths.ts";
export {
  type Access,
  type Route,
  type RouteBody,
  type RouteParams,
  type RouteQuery,
  type RouteResponse,
  type Routes,
  routes,
} from "./routes.ts";
export * from "./server-info.ts";
export * from "./submission.ts";
export * from "./team.ts";
