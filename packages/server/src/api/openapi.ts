/** The OpenAPI 3.1 document of the API, made from the route table. */
import { z } from "zod";
import { problemDetailsSchema } from "./problem.ts";
import { apiPrefix, type RouteName, routePaths } from "./route-paths.ts";
import { type Route, routes } from "./routes.ts";

function schemaOf(schema: z.ZodType, io: "input" | "output"): Record<string, unknown> {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Record<string, unknown>;
  return json;
}

function parametersOf(schema: z.ZodObject | undefined, place: "path" | "query"): unknown[] {
  if (schema === undefined) return [];
  const json = schemaOf(schema, "input");
  const required = new Set((json.required as string[] | undefined) ?? []);
  return Object.entries(json.properties as Record<string, unknown>).map(([name, value]) => ({
    name,
    in: place,
    required: place === "path" || required.has(name),
    schema: value,
  }));
}

const successType = {
  json: "application/json",
  bytes: "application/octet-stream",
  csv: "text/csv",
  events: "text/event-stream",
};

function operation(name: RouteName): Record<string, unknown> {
  const route: Route = routes[name];
  const { kind } = routePaths[name];
  const status = String(route.status ?? 200);
  const content =
    kind === "empty"
      ? undefined
      : { [successType[kind]]: { schema: route.response === undefined ? {} : schemaOf(route.response, "output") } };
  return {
    operationId: name,
    summary: route.summary,
    "x-access": route.access,
    parameters: [...parametersOf(route.params, "path"), ...parametersOf(route.query, "query")],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: { required: true, content: { "application/json": { schema: schemaOf(route.body, "input") } } },
        }),
    ...(route.upload === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/octet-stream": { schema: {} } } } }),
    responses: {
      [status]: { description: route.summary, ...(content === undefined ? {} : { content }) },
      default: {
        description: "Problem",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

/** OpenAPI 3.1 as a plain object. `version` is the server's. */
export function openApiDocument(version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const name of Object.keys(routePaths) as RouteName[]) {
    const { method, path } = routePaths[name];
    const item = paths[`${apiPrefix}${path}`] ?? {};
    item[method.toLowerCase()] = operation(name);
    paths[`${apiPrefix}${path}`] = item;
  }
  return {
    openapi: "3.1.0",
    info: { title: "Segathlon", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    paths,
    components: {
      schemas: { Problem: schemaOf(problemDetailsSchema, "output") },
      securitySchemes: {
        apiKey: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "segathlon.session_token" },
      },
    },
    security: [{}, { apiKey: [] }, { session: [] }],
  };
}
