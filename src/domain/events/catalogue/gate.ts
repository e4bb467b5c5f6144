import { z } from "zod";
import { defineEvent, type EventOf, isOneOf } from "./define.js";
import { dueAt, oneOf, role, roleAsOf, slot, stage, text, until, whole } from "./fields.js";

const CAUSES = ["count", "verdicts"] as const;
/** Why a gate counts as sick: bypasses in the window, or verdicts that name it. */
export type SickBecause = (typeof CAUSES)[number];

const gate = text("The gate of the policy.");
const item = whole("The number of the gate item, from 1 per gate, one more at each relapse.");

/** Events of gate items, the owned work that sick gates become, in the stream `system`. */
export const gateEvents = [
  defineEvent({
    type: "gate.flagged",
    stream: "system",
    actor: "system",
    meaning: "The reading of a gate became sick, and an item was opened for its owner.",
    fields: {
      gate,
      item,
      owner: text("The role that owns the gate."),
      dueAt,
      because: oneOf(CAUSES, "Too many bypasses, or too many verdicts that name the gate."),
      count: whole("Bypasses in the window."),
      reviewed: whole("Verdicts in the window."),
      atFault: whole("Verdicts in the window that name the gate."),
      windowSeconds: whole("The length of the window, in seconds."),
      bypasses: z.array(z.int()).describe("The evidence: the numbers of the bypasses that count."),
    },
  }),
  defineEvent({
    type: "gate.reminded",
    stream: "system",
    actor: "system",
    meaning: "The owners of the gate were reminded of its item.",
    fields: { gate, item, slot, stage, role },
  }),
  defineEvent({
    type: "gate.overdue",
    stream: "system",
    actor: "system",
    meaning: "The item was named in the channel as overdue.",
    fields: { gate, item, slot },
  }),
  defineEvent({
    type: "gate.put_off",
    stream: "system",
    actor: "person",
    texts: ["reason"],
    meaning: "An owner put the item off.",
    fields: { gate, item, until, count: whole("How often the item has been put off, this time included."), roleAsOf },
  }),
  defineEvent({
    type: "gate.fixed",
    stream: "system",
    actor: "person",
    texts: ["reason"],
    meaning:
      "An owner says that the gate was changed, or is gone. Bypasses before this no longer count in its reading.",
    fields: { gate, item, how: oneOf(["changed", "retired"], "What was done."), roleAsOf },
  }),
  defineEvent({
    type: "gate.recovered",
    stream: "system",
    actor: "system",
    meaning: "The reading of the gate fell by itself, and the item was closed.",
    fields: { gate, item, count: whole("Bypasses in the window.") },
  }),
] as const;

/** An event of a gate item. */
export type GateEvent = EventOf<(typeof gateEvents)[number]>;

/** Whether the event is about a gate item. */
export const isGateEvent = isOneOf<GateEvent>(gateEvents);
