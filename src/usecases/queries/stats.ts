import { DAY_MS } from "../../domain/calendar/time.js";
import { standingRefusal } from "../../domain/decisions/persons.js";
import { historyOf, readingsOf } from "../../domain/gate/readings.js";
import type { GateHistory, GateReadings, Who } from "../api.js";
import type { Core } from "../app-context.js";
import { loadPrincipal } from "../people/load-principal.js";
import { readGates } from "./gates.js";

const YEAR_MS = 366 * DAY_MS;

/** How every gate reads, the sickest first. */
export async function readings(core: Core, who: Who): Promise<GateReadings> {
  const code = standingRefusal(await loadPrincipal(core, who.user, []));
  if (code !== null) return { ok: false, code };
  const { policy } = core.policy.current();
  const now = (await core.ledger.now()).toISOString();
  const since = new Date(Date.parse(now) - 2 * policy.thermometer.windowSeconds * 1000).toISOString();
  const [counted, items] = await Promise.all([core.queries.counted(since, null), core.queries.gateItems()]);
  const fixedAt = Object.fromEntries(items.map((item) => [item.gate, item.fixedAt]));
  return { ok: true, now, readings: readingsOf(policy, counted, fixedAt, now), items };
}

/** One gate over the last twelve months, with what was done to it. */
export async function gateHistory(core: Core, who: Who, gate: string): Promise<GateHistory | null> {
  const code = standingRefusal(await loadPrincipal(core, who.user, []));
  if (code !== null) return { ok: false, code };
  if (core.policy.current().policy.gates[gate] === undefined) return null;
  const [{ now, readings: all, items }, marks] = await Promise.all([
    readGates(core, [gate]),
    core.queries.gateMarks(gate),
  ]);
  const [reading] = all;
  if (reading === undefined) return null;
  const yearAgo = new Date(Date.parse(now) - YEAR_MS).toISOString();
  const months = historyOf(gate, await core.queries.counted(yearAgo, [gate]), now);
  return { ok: true, now, reading, item: items.find((one) => one.gate === gate) ?? null, months, marks };
}
