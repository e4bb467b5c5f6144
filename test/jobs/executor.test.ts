import { expect, test } from "vitest";
import { createExecutor } from "../../src/jobs/executor.js";

const nothing = (): void => {};
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

test("only work without keepFree takes the reserved places, and they come free again", async () => {
  const ends: (() => void)[] = [];
  const effect = () => new Promise<void>((resolve) => ends.push(resolve));
  const executor = createExecutor({ effect, tick: effect, followUp: effect, sweep: effect }, 8, log);
  const now = (id: string, keepFree?: number) => executor.now({ kind: "effect", id }, keepFree);
  const rest = Array.from({ length: 8 }, (_, index) => now(`hangs-${index}`, 3));
  expect(rest.map((started) => started !== null)).toEqual([true, true, true, true, true, false, false, false]);
  const firsts = Array.from({ length: 4 }, (_, index) => now(`alert-${index}`));
  expect(firsts.map((started) => started !== null)).toEqual([true, true, true, false]);
  ends.shift()?.();
  await rest[0];
  expect(now("next")).not.toBeNull();
  for (const end of ends) end();
  await executor.idle();
});
