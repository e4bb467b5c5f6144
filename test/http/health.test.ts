import { describe, expect, test } from "vitest";
import { healthRoutes, type Readiness } from "../../src/http/health.js";

function health(readiness: () => Promise<Readiness>, deadlineMs = 2_000) {
  let now = 1_000_000;
  const routes = healthRoutes({ readiness, clock: () => now, deadlineMs });
  return {
    get: async (path: string) => {
      const route = routes.find((one) => one.path === path);
      if (route === undefined) throw new Error(`There is no ${path}.`);
      return route.handle();
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe("/healthz", () => {
  test("says that the process is alive, whatever else is down", async () => {
    const { get } = health(() => Promise.reject(new Error("no database")));
    expect(await get("/healthz")).toMatchObject({ status: 200, body: '{"alive":true}\n' });
  });
});

describe("/readyz", () => {
  test("is 200 when it can record, and names what works worse", async () => {
    const { get } = health(async () => ({ down: [], degraded: ["slack", "redis"] }));
    const { status, headers, body } = await get("/readyz");
    expect(status).toBe(200);
    expect(headers["content-type"]).toContain("application/json");
    expect(JSON.parse(body)).toEqual({ down: [], degraded: ["slack", "redis"] });
  });

  test("is 503 when it cannot record, and names why", async () => {
    const { get } = health(async () => ({ down: ["postgres"], degraded: ["redis"] }));
    const { status, body } = await get("/readyz");
    expect(status).toBe(503);
    expect(JSON.parse(body)).toEqual({ down: ["postgres"], degraded: ["redis"] });
  });

  test("is 503 when the reading fails or does not come in time", async () => {
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

  test("asks once for many who ask at a time, and again after a second", async () => {
    let asked = 0;
    const { get, pass } = health(async () => {
      asked += 1;
      return { down: [], degraded: [] };
    });
    await Promise.all([get("/readyz"), get("/readyz"), get("/readyz")]);
    pass(900);
    await get("/readyz");
    expect(asked).toBe(1);
    pass(101);
    await get("/readyz");
    expect(asked).toBe(2);
  });

  test("asks again when the clock was set back", async () => {
    let asked = 0;
    const { get, pass } = health(async () => {
      asked += 1;
      return { down: [], degraded: [] };
    });
    await get("/readyz");
    pass(-60_000);
    await get("/readyz");
    expect(asked).toBe(2);
  });
});
