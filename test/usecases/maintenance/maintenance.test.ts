import { expect, test } from "vitest";
import { createMaintenance } from "../../../src/usecases/maintenance/maintenance.js";
import { openCore } from "../../support/core.js";
import { samplePolicy } from "../../support/domain/policies.js";

test("a failing step does not keep later steps from running, and its fault is thrown at the end", async () => {
  const inForce = { policy: samplePolicy, hash: "0".repeat(64) };
  const policy = { current: () => inForce };
  const { context, effectContext, close } = await openCore(policy);
  const ran: string[] = [];
  const queries: typeof context.queries = {
    ...context.queries,
    counted: async () => {
      ran.push("gates");
      throw new Error("a reading that cannot be read");
    },
    lastDrills: async () => {
      ran.push("drills");
      throw new Error("a drill that cannot be read");
    },
  };
  try {
    const maintenance = createMaintenance({
      effectContext: effectContext({ ...context, queries }),
      renewPolicy: async () => false,
      now: Date.now,
      compare: async () => {},
      onNewPolicy: () => {},
    });
    await expect(maintenance.run()).rejects.toThrow("a reading that cannot be read");
    expect(ran).toEqual(["gates", "drills"]);
  } finally {
    await close();
  }
});

test("a new policy revokes ineligible bypasses, checks who can approve, and replans follow-ups before it is announced; an unchanged one does nothing", async () => {
  const policy = { current: () => ({ policy: samplePolicy, hash: "0".repeat(64) }) };
  const { context, effectContext, close } = await openCore(policy);
  const done: string[] = [];
  const queries: typeof context.queries = {
    ...context.queries,
    openInBrief: async (forbidden) => {
      done.push("read the open bypasses");
      return context.queries.openInBrief(forbidden);
    },
    planned: async () => {
      done.push("replanned");
      return [];
    },
  };
  const maintenanceWith = (isNew: boolean) =>
    createMaintenance({
      effectContext: effectContext({ ...context, queries }),
      renewPolicy: async () => isNew,
      now: () => 0,
      compare: async () => {},
      onNewPolicy: () => void done.push("announced"),
    });
  try {
    await maintenanceWith(false).run();
    expect(done).toEqual([]);
    await maintenanceWith(true).run();
    const read = "read the open bypasses";
    expect(done).toEqual([read, read, "replanned", "announced"]);
  } finally {
    await close();
  }
});

test("a step that does not end keeps none of the others from running, then or later", async () => {
  const policy = { current: () => ({ policy: samplePolicy, hash: "0".repeat(64) }) };
  const { context, effectContext, close } = await openCore(policy);
  const ran: string[] = [];
  let minute = 0;
  const { run } = createMaintenance({
    effectContext: effectContext(context),
    // As behind a mount that hangs.
    renewPolicy: () => {
      ran.push("renew");
      return new Promise(() => {});
    },
    now: () => {
      minute += 60_000;
      return minute;
    },
    compare: async () => void ran.push("compare"),
    onNewPolicy: () => {},
    limits: { othersWaitMs: 500, stuckAfterMs: 60_000 },
  });
  try {
    await run();
    await run();
    expect(ran).toEqual(["renew", "compare", "compare"]);
  } finally {
    await close();
  }
});
