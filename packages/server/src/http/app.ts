/** The HTTP server: the route table, access, validation, problems, uploads, pages. */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import helmet from "@fastify/helmet";
import staticFiles from "@fastify/static";
import { SegathlonError } from "@segathlon/errors";
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { z } from "zod";
import { apiPrefix, openApiDocument, type Route, type RouteName, routePaths, routes } from "../api/index.ts";
import { admit } from "./access.ts";
import { benchmarkHandlers } from "./benchmark-handlers.ts";
import { dataAccessHandlers } from "./data-access-handlers.ts";
import { registerEntrance } from "./entrance.ts";
import { eventHandlers } from "./event-stream.ts";
import { answered, type Call, type Handler, type Handlers, type HttpContext } from "./http-context.ts";
import { identityHandlers } from "./identity-handlers.ts";
import { registerOperations } from "./operations.ts";
import { organiserHandlers } from "./organiser-handlers.ts";
import { phaseHandlers } from "./phase-handlers.ts";
import { sendProblem } from "./problem.ts";
import { callerOf } from "./request-caller.ts";
import { submissionHandlers } from "./submission-handlers.ts";
import { teamHandlers } from "./team-handlers.ts";
import { registerUploads } from "./uploads.ts";

const handlers: Handlers = {
  ...identityHandlers,
  ...benchmarkHandlers,
  ...dataAccessHandlers,
  ...phaseHandlers,
  ...teamHandlers,
  ...submissionHandlers,
  ...organiserHandlers,
  ...eventHandlers,
};

/** JSON bodies; files come as streams and have limits of their own. */
const maxJsonBytes = 8 * 1024 * 1024;

function parsePart<T>(schema: z.ZodType | undefined, value: unknown, part: string): T {
  if (schema === undefined) return undefined as T;
  const result = schema.safeParse(value ?? (part === "body" ? undefined : {}));
  if (result.success) return result.data as T;
  const [issue] = result.error.issues;
  const field = [part, ...(issue?.path ?? [])].map(String).join(".");
  throw new SegathlonError("SEG404", `${field}: ${issue?.message ?? "is not as expected"}`, { where: { field } });
}

function registerRoute<N extends RouteName>(app: FastifyInstance, context: HttpContext, name: N): void {
  const { method, path, kind } = routePaths[name];
  const route: Route = routes[name];
  const handler = handlers[name] as Handler<N>;
  app.route({
    method,
    url: `${apiPrefix}${path.replace(/\{(\w+)\}/g, ":$1")}`,
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const caller = await callerOf(context, request);
      await context.rates.take(`all ${caller.user?.id ?? request.ip}`, 6000, 60);
      const params = parsePart<Call<N>["params"]>(route.params, request.params, "path");
      const admission = await admit(context, name, route.access, caller, (params ?? {}) as Record<string, unknown>);
      // Only who is let in learns what a request should look like.
      const query = parsePart<Call<N>["query"]>(route.query, request.query, "query");
      const body = parsePart<Call<N>["body"]>(route.body, request.body, "body");
      const result = await handler(context, { params, query, body, caller, ...admission, request, reply } as Call<N>);
      if (result === answered) return reply;
      if (kind === "empty") return reply.code(204).send();
      // Output goes through its schema: a field that the contract does not name never leaves the server.
      const answer = route.response === undefined ? result : route.response.parse(result);
      reply.header("cache-control", "private, no-cache");
      return reply.code(route.status ?? 200).send(answer);
    },
  });
}

function registerPages(app: FastifyInstance, root: string): void {
  app.register(staticFiles, {
    root,
    wildcard: false,
    index: false,
    cacheControl: false,
    setHeaders: (response, file) => {
      // Bundles carry a hash in their name; the page itself is asked for every time.
      response.setHeader(
        "cache-control",
        /-[A-Za-z0-9_-]{8,}\.\w+$/.test(file) ? "public, max-age=31536000, immutable" : "no-cache",
      );
    },
  });
}

function notFound(context: HttpContext, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const page =
    request.method === "GET" &&
    !request.url.startsWith("/api/") &&
    (request.headers.accept ?? "").includes("text/html");
  const { webRoot } = context.settings;
  if (page && webRoot !== null && existsSync(join(webRoot, "index.html")))
    return reply.header("cache-control", "no-cache").sendFile("index.html");
  return sendProblem(
    new SegathlonError("SEG403", `there is nothing at ${request.method} ${request.url.split("?")[0]?.slice(0, 200)}`),
    request,
    reply,
  );
}

/** Builds the server; it does not listen yet. */
export async function buildApp(context: HttpContext): Promise<FastifyInstance> {
  const { settings } = context;
  const app: FastifyInstance = fastify({
    loggerInstance: context.log as FastifyBaseLogger,
    bodyLimit: maxJsonBytes,
    trustProxy: (_address: string, hop: number) => hop < settings.trustedProxies,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    forceCloseConnections: true,
    // Uploads take as long as they take; a connection that sends nothing is closed by the socket timeout.
    requestTimeout: 0,
    connectionTimeout: 120_000,
    routerOptions: { maxParamLength: 300 },
    logController: new LogController({ disableRequestLogging: true }),
  });
  const https = context.publicUrl.startsWith("https://");
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        workerSrc: ["'self'", "blob:"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", "data:", "blob:"],
        connectSrc: ["'self'", "blob:", "data:"],
        fontSrc: ["'self'", "data:"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Threads in the pages (SharedArrayBuffer) need both.
    crossOriginEmbedderPolicy: { policy: "require-corp" },
    crossOriginOpenerPolicy: { policy: "same-origin" },
    crossOriginResourcePolicy: { policy: "same-origin" },
    referrerPolicy: { policy: "same-origin" },
    strictTransportSecurity: https,
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  // The path only: queries can hold tokens.
  app.addHook("onResponse", async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        path: request.url.split("?")[0],
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      "request",
    );
  });
  for (const type of ["application/octet-stream", "application/offset+octet-stream"])
    app.addContentTypeParser(type, (_request, _payload, done) => done(null));
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  app.setNotFoundHandler((request, reply) => notFound(context, request, reply));
  for (const name of Object.keys(routePaths) as RouteName[]) registerRoute(app, context, name);
  registerUploads(app, context);
  registerOperations(app, context);
  await registerEntrance(app, context);
  const specification = JSON.stringify(openApiDocument("0.1.0"));
  app.get(`${apiPrefix}/openapi.json`, (_request, reply) => reply.type("application/json").send(specification));
  if (settings.webRoot !== null && existsSync(settings.webRoot)) registerPages(app, settings.webRoot);
  return app;
}
