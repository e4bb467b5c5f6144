import { expect, test } from "vitest";
import { createMaintenance } from "../../../src/usecases/maintenance/maintenance.js";
import { openCore } from "../../support/core.js";
import { samplePolicy } from "../../support/domain/policies.js";

test("a fault of one step keeps no later step from its turn, and is told at the end", async () => {
  const inForce = { policy: samplePolicy, hash: "0".repeat(64) };
  const policy = { current: () => inForce };
  const { context, effectContext, close } = await openCore(policy);
  const looked: string[] = [];
  const queries: typeof context.queries = {
    ...context.queries,
    counted: async () => {
      looked.push("gates");
      throw new Error("a reading that cannot be read");
    },
    lastDrills: async () => {
      looked.push("drills");
      throw new Error("a drill that cannot be read");
    },
  };
  try {
    const maintenance = createMaintenance({
      effectContext: effectContext({ ...context, queries }),
      renewPolicy: async () => false,
      now: Date.now,
      onNewPolicy: () => {},
    });
    await expect(maintenance()).rejects.toThrow("a reading that cannot be read");
    expect(looked).toEqual(["gates", "drills"]);
  } finally {
    await close();
  }
});

test("a new policy ends what it does not allow and plans anew, before anybody hears of it; an unchanged one does nothing", async () => {
  const policy = { current: () => ({ policy: samplePolicy, hash: "0".repeat(64) }) };
  const { context, effectContext, close } = await openCore(policy);
  const done: string[] = [];
  const queries: typeof context.queries = {
    ...context.queries,
    open: async () => {
      done.push("looked at what is open");
      return context.queries.open();
    },
    planned: async () => {
      done.push("planned anew");
      return [];
    },
  };
  const roundWith = (isNew: boolean) =>
    createMaintenance({
      effectContext: effectContext({ ...context, queries }),
      renewPolicy: async () => isNew,
      now: () => 0,
      onNewPolicy: () => void done.push("told"),
    });
  try {
    await roundWith(false)();
    expect(done).toEqual([]);
    await roundWith(true)();
    expect(done).toEqual(["looked at what is open", "planned anew", "told"]);
  } finally {
    await close();
  }
});
