import { describe, expect, test } from "vitest";
import { healthRoutes, type Readiness, shareReadiness } from "../../src/http/health.js";

function health(readiness: () => Promise<Readiness>, deadlineMs = 2_000) {
  let now = 1_000_000;
  const routes = healthRoutes(shareReadiness(readiness, deadlineMs, () => now));
  return {
    get: async (path: string) => {
      const route = routes.find((candidate) => candidate.path === path);
      if (route === undefined) throw new Error(`There is no ${path}.`);
      return route.handle();
    },
    advance: (ms: number) => {
      now += ms;
    },
  };
}

describe("/healthz", () => {
  test("answers that the process is alive, whatever else is down", async () => {
    const { get } = health(() => Promise.reject(new Error("no database")));
    expect(await get("/healthz")).toMatchObject({ status: 200, body: '{"alive":true}\n' });
  });
});

describe("/readyz", () => {
  test("is 200 when the bot can record, and names what is degraded", async () => {
    const { get } = health(async () => ({ down: [], degraded: ["slack", "queue"] }));
    const { status, headers, body } = await get("/readyz");
    expect(status).toBe(200);
    expect(headers["content-type"]).toContain("application/json");
    expect(JSON.parse(body)).toEqual({ down: [], degraded: ["slack", "queue"] });
  });

  test("is 503 when the bot cannot record, and names what is down", async () => {
    const { get } = health(async () => ({ down: ["postgres"], degraded: ["queue"] }));
    const { status, body } = await get("/readyz");
    expect(status).toBe(503);
    expect(JSON.parse(body)).toEqual({ down: ["postgres"], degraded: ["queue"] });
  });

  test("is 503 when the check fails or does not finish in time", async () => {
    const failing = health(() => Promise.reject(new Error("no")));
    const throwing = health(() => {
      throw new Error("no");
    });
    const hanging = health(() => new Promise(() => {}), 5);
    for (const { get } of [failing, throwing, hanging]) {
      const { status, body } = await get("/readyz");
      expect(status).toBe(503);
      expect(JSON.parse(body)).toEqual({ down: ["not_answering"], degraded: [] });
    }
  });

  test("runs one check for simultaneous requests, and another after a second", async () => {
    let checks = 0;
    const { get, advance } = health(async () => {
      checks += 1;
      return { down: [], degraded: [] };
    });
    await Promise.all([get("/readyz"), get("/readyz"), get("/readyz")]);
    advance(900);
    await get("/readyz");
    expect(checks).toBe(1);
    advance(101);
    await get("/readyz");
    expect(checks).toBe(2);
  });
});
