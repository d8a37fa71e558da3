/**
 * A typed client of the API for the command line and the pages. It carries no schema: types only, so that it costs a page a few
 * hundred bytes.
 */
import type { ProblemDetails } from "./problem.ts";
import { apiPrefix, type RouteName, routePaths } from "./route-paths.ts";
import type { RouteBody, RouteParams, RouteQuery, RouteResponse } from "./routes.ts";

export interface ClientOptions {
  /** Such as `https://host`; empty in a page of the same origin. */
  readonly baseUrl: string;
  /** API key; a page uses its session cookie instead. */
  readonly apiKey?: string;
  readonly fetch?: typeof fetch;
}

type Present<K extends string, V> = undefined extends V ? { readonly [P in K]?: V } : { readonly [P in K]: V };
type OptionalQuery<V> = V extends undefined ? unknown : { readonly query?: V };

/** What a call of the route takes. */
export type CallInput<N extends RouteName> = Present<"params", RouteParams<N>> &
  OptionalQuery<RouteQuery<N>> &
  Present<"body", RouteBody<N>> & {
    readonly signal?: AbortSignal;
    readonly upload?: BodyInit;
    readonly uploadBytes?: number;
  };

/** An error answer of the server; `problem` is its body. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly problem: ProblemDetails;

  constructor(status: number, problem: ProblemDetails) {
    super(problem.detail);
    this.status = status;
    this.problem = problem;
  }
}

/** Path of a route below the server's origin, with parameters filled in and the query appended. */
export function routeUrl(
  name: RouteName,
  params: Readonly<Record<string, unknown>> = {},
  query: Readonly<Record<string, unknown>> = {},
): string {
  const path = routePaths[name].path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(params[key])));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  const text = search.toString();
  return `${apiPrefix}${path}${text === "" ? "" : `?${text}`}`;
}

async function problemOf(response: Response): Promise<ProblemDetails> {
  const text = await response.text();
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && "code" in body) return body as ProblemDetails;
  } catch {
    // Not our answer: a proxy's page, for instance. Told below with what it said.
  }
  return {
    type: "about:blank",
    title: response.statusText || "error",
    status: response.status,
    detail: `the server answered ${response.status}: ${text.slice(0, 200)}`,
    code: "",
    hint: "Check the address of the server and the proxies in between.",
    failure: "infrastructure",
    where: {},
    requestId: response.headers.get("x-request-id") ?? "",
  };
}

export interface Client {
  /**
   * Calls a route and returns its parsed JSON (undefined for 204). Throws {@link ApiError} for every answer that is not 2xx.
   *
   * @example
   * ```ts
   * const client = createClient({ baseUrl: "https://host", apiKey });
   * const phase = await client.call("getPhase", { params: { benchmark: "spleen", phase: "live" } });
   * console.log(phase.remaining?.today);
   * ```
   */
  call<N extends RouteName>(name: N, input: CallInput<N>): Promise<RouteResponse<N>>;
  /** The same without reading the body: for files, CSV and events. */
  open<N extends RouteName>(name: N, input: CallInput<N>): Promise<Response>;
}

/** Makes a client. In a page: `createClient({ baseUrl: "" })`. */
export function createClient(options: ClientOptions): Client {
  const send = options.fetch ?? globalThis.fetch.bind(globalThis);
  const open = async <N extends RouteName>(name: N, input: CallInput<N>): Promise<Response> => {
    const { params, query, body, signal, upload, uploadBytes } = input as {
      params?: Record<string, unknown>;
      query?: Record<string, unknown>;
      body?: unknown;
      signal?: AbortSignal;
      upload?: BodyInit;
      uploadBytes?: number;
    };
    const headers = new Headers({ accept: "application/json" });
    if (options.apiKey !== undefined) headers.set("authorization", `Bearer ${options.apiKey}`);
    const init: RequestInit & { duplex?: "half" } = {
      method: routePaths[name].method,
      headers,
      credentials: "same-origin",
    };
    if (signal !== undefined) init.signal = signal;
    if (upload !== undefined) {
      headers.set("content-type", "application/octet-stream");
      if (uploadBytes !== undefined) headers.set("content-length", String(uploadBytes));
      init.body = upload;
      init.duplex = "half";
    } else if (body !== undefined) {
      headers.set("content-type", "application/json");
      init.body = JSON.stringify(body);
    }
    const response = await send(`${options.baseUrl.replace(/\/$/, "")}${routeUrl(name, params, query)}`, init);
    if (!response.ok) throw new ApiError(response.status, await problemOf(response));
    return response;
  };
  return {
    open,
    async call<N extends RouteName>(name: N, input: CallInput<N>): Promise<RouteResponse<N>> {
      const response = await open(name, input);
      if (response.status === 204) return undefined as RouteResponse<N>;
      return (await response.json()) as RouteResponse<N>;
    },
  };
}
