import { DAY_MS } from "../../domain/calendar/time.js";
import { refusalOf } from "../../domain/decisions/refusals.js";
import { accountRefusal } from "../../domain/decisions/same-person.js";
import { historyOf } from "../../domain/gate/readings.js";
import { bypassableGates } from "../../domain/policy/policy.js";
import type { GateHistory, GateReadings, Who } from "../api.js";
import type { AppContext } from "../app-context.js";
import { loadPrincipal } from "../people/load-principal.js";
import { readGates } from "./gates.js";

const YEAR_MS = 366 * DAY_MS;

/** The readings of all gates that may be bypassed, the sickest first. */
export async function readings(context: AppContext, who: Who): Promise<GateReadings> {
  const principal = await loadPrincipal(context, who.user, []);
  const code = accountRefusal(principal);
  if (code !== null) return { ok: false, ...refusalOf(principal, code) };
  const { now, readings: all, items } = await readGates(context, null);
  const bypassable = bypassableGates(context.policy.current().policy);
  return { ok: true, now, readings: all.filter(({ gate }) => bypassable.includes(gate)), items };
}

/** One gate over the last twelve months, with its history. */
export async function gateHistory(context: AppContext, who: Who, gate: string): Promise<GateHistory | null> {
  const principal = await loadPrincipal(context, who.user, []);
  const code = accountRefusal(principal);
  if (code !== null) return { ok: false, ...refusalOf(principal, code) };
  if (context.policy.current().policy.gates[gate] === undefined) return null;
  const [{ now, readings: all, items }, marks] = await Promise.all([
    readGates(context, [gate]),
    context.queries.gateMarks(gate),
  ]);
  const [reading] = all;
  if (reading === undefined) return null;
  const yearAgo = new Date(Date.parse(now) - YEAR_MS).toISOString();
  const months = historyOf(gate, await context.queries.counted(yearAgo, [gate]), now);
  return { ok: true, now, reading, item: items.find((item) => item.gate === gate) ?? null, months, marks };
}
