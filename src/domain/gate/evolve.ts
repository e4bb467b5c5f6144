import type { GateEvent } from "../events/catalogue/gate.js";
import { NOT_FOLLOWED_UP, putOff } from "../reminders/due-now.js";
import type { GateItem } from "./gate-item.js";

/** The position and time of an entry. */
interface EntryPosition {
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/**
 * Applies one event to the newest item of a gate; `item` is `null` before the first. The commit function keeps the
 * table of gate items by the same rules.
 * @throws on an impossible history, which is a fault of the trail
 */
export function evolveGate(item: GateItem | null, event: GateEvent, entry: EntryPosition): GateItem {
  if (event.type === "gate.flagged") return opened(item, event, entry);
  const open = expectOpen(item, event, entry);
  switch (event.type) {
    case "gate.reminded":
      return { ...open, progress: { ...open.progress, remindedTo: event.slot } };
    case "gate.overdue":
      return { ...open, progress: { ...open.progress, announced: true } };
    case "gate.put_off":
      return { ...open, progress: putOff(open.progress, event.until) };
    case "gate.fixed":
      return { ...open, status: "fixed", closedAt: entry.at, fixedAt: entry.at };
    case "gate.recovered":
      return { ...open, status: "recovered", closedAt: entry.at };
    default:
      return event satisfies never;
  }
}

/** `fixedAt` carries over from the item before, because bypasses count only after the gate was last fixed. */
function opened(
  before: GateItem | null,
  { gate, item, owner, dueAt }: Extract<GateEvent, { type: "gate.flagged" }>,
  entry: EntryPosition,
): GateItem {
  if (before?.status === "open" || item !== (before?.item ?? 0) + 1) throw impossible(entry, "opened twice");
  return {
    gate,
    item,
    status: "open",
    owner,
    openedSeq: entry.seq,
    openedAt: entry.at,
    dueAt,
    closedAt: null,
    fixedAt: before?.fixedAt ?? null,
    progress: NOT_FOLLOWED_UP,
  };
}

function expectOpen(item: GateItem | null, event: GateEvent, entry: EntryPosition): GateItem {
  if (item?.status !== "open" || item.item !== event.item) throw impossible(entry, "not open");
  return item;
}

const impossible = (entry: EntryPosition, why: string): Error =>
  new Error(`The trail cannot be read at entry ${entry.seq}: an item of a gate is ${why}.`);
