import type { Core } from "./core.js";
import { performEffect } from "./deliver.js";
import { eachOf } from "./each-of.js";
import { handleCommand } from "./handle-command.js";
import type { Deliverer } from "./outcome.js";

/** Does whatever has become due on one bypass; harmless when nothing has. */
export async function tick(core: Core, n: number): Promise<void> {
  const commandId = `tick:${core.random.hex(12)}`;
  await handleCommand(core, { n, commandId, make: () => ({ type: "tick" }) });
}

const BATCH = 200;

/**
 * The floor under every wake-up: finds what is due in PostgreSQL alone and does it. Runs in each process every few
 * seconds; several at once get in nobody's way.
 */
export async function sweep(deliverer: Deliverer): Promise<void> {
  const { core } = deliverer;
  await eachOf(
    core,
    "sweep.tick",
    await core.queries.due(BATCH),
    (n) => n,
    (n) => tick(core, n),
  );
  await eachOf(
    core,
    "sweep.effect",
    await core.outbox.claimable(BATCH),
    (id) => id,
    (id) => performEffect(deliverer, id),
  );
}
