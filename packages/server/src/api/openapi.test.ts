import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createClient, openApiDocument, type RouteName, routePaths, routes, routeUrl } from "./index.ts";
import { breakingChanges } from "./openapi-compatibility.ts";

test("every path parameter of every route has a schema, and the document has every route once", () => {
  const document = openApiDocument("0.0.0") as { paths: Record<string, Record<string, { operationId: string }>> };
  const operations = Object.values(document.paths).flatMap((item) =>
    Object.values(item).map((entry) => entry.operationId),
  );
  expect(operations.sort()).toEqual(Object.keys(routePaths).sort());
  for (const name of Object.keys(routePaths) as RouteName[]) {
    const inPath = [...routePaths[name].path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const route = routes[name];
    expect(Object.keys("params" in route ? route.params.shape : {}), name).toEqual(inPath);
  }
});

test("the client fills paths in with escaping and turns problems into errors", async () => {
  expect(routeUrl("getCaseImage", { benchmark: "b", task: "t", case: "a/../b", channel: "CT" })).toBe(
    "/api/v1/benchmarks/b/tasks/t/cases/a%2F..%2Fb/images/CT",
  );
  const client = createClient({
    baseUrl: "http://host/",
    fetch: async () => new Response("<html>gateway</html>", { status: 502, statusText: "Bad Gateway" }),
  });
  await expect(client.call("getServer", {})).rejects.toMatchObject({
    status: 502,
    message: expect.stringContaining("gateway"),
  });
});

test("the committed document is the present one, and a break would be seen", () => {
  const file = new URL("../../openapi.json", import.meta.url);
  const committed: unknown = JSON.parse(readFileSync(file, "utf8"));
  const present = openApiDocument("0.1.0");
  // Differs? node --conditions=@segathlon/source packages/server/scripts/write-openapi.ts
  expect(JSON.parse(JSON.stringify(present))).toEqual(committed);
  expect(breakingChanges(committed, present)).toEqual([]);
  const broken = structuredClone(committed) as { paths: Record<string, Record<string, never>> };
  delete broken.paths["/api/v1/server"];
  const submission = broken.paths["/api/v1/submissions/{submission}"]?.get as unknown as {
    responses: Record<string, { content: Record<string, { schema: { properties: Record<string, unknown> } }> }>;
  };
  delete submission.responses["200"]?.content["application/json"]?.schema.properties.position;
  expect(breakingChanges(committed, broken)).toEqual(
    expect.arrayContaining([
      "GET /api/v1/server is gone",
      "GET /api/v1/submissions/{submission}.position is gone from the answer",
    ]),
  );
});
