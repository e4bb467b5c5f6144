import type { BypassEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { NewEntry } from "../../../src/domain/events/entries.js";
import type { StoredText } from "../../../src/domain/verify/stored.js";
import type { Ledger } from "../../../src/usecases/ports/ports.js";
import {
  activation,
  approval,
  change,
  DANA,
  declaration,
  declareItem,
  denial,
  fresh,
  itemOf,
  LEO,
  logLine,
  MIA,
  newId,
  POLICY,
  policyChanged,
  stateOf,
  systemItem,
  taken,
  waiver,
  withdrawal,
} from "../../contract/items.js";
import type { Dice } from "./seed.js";
import type { StoredTrail } from "./stored-trail.js";

type Fresh = NewEntry<BypassEvent>;

/** Possible lives of a bypass, one decision after the other. */
const LIVES: readonly (readonly (() => readonly Fresh[])[])[] = [
  [() => [denial(), waiver()], () => [logLine("rolled back instead")]],
  [() => [withdrawal(), waiver()]],
  [
    () => [approval()],
    () => [logLine("waiting for the second")],
    () => [approval(MIA, 2), activation()],
    () => [logLine("restarted the pool")],
    () => [fresh({ type: "bypass.closed" }, DANA)],
  ],
  [
    () => [approval()],
    () => [approval(MIA, 2), activation()],
    () => [fresh({ type: "bypass.revoked", why: "person", roleAsOf: null }, LEO, { reason: "that is enough" })],
    () => [logLine("it was off by one")],
  ],
  [() => [logLine("nobody answers")]],
];

/**
 * Writes at least this many entries of concurrent bypasses, mixed with policy changes, stops of the bot and redactions.
 * @returns the redacted texts, by the position of their entry
 */
export async function writeLives(ledger: Ledger, dice: Dice, atLeast: number): Promise<StoredTrail["redacted"]> {
  const open: {
    readonly n: number;
    readonly firstSeq: number;
    readonly texts: readonly StoredText[];
    readonly rest: (() => readonly Fresh[])[];
  }[] = [];
  const redacted = new Map<number, readonly StoredText[]>();
  let policies = 0;
  taken(await ledger.commit(policyChanged(POLICY)));
  for (let last = 0; last < atLeast; ) {
    const chosen = dice.below(10);
    const life = open[dice.below(open.length)];
    if (chosen === 0) {
      last = taken(await ledger.commit(systemItem({ type: "bot.stopped", instance: `i${last}` }))).lastSeq;
    } else if (chosen === 1 && dice.below(4) === 0) {
      last = taken(await ledger.commit(policyChanged(`version: 1 # ${policies++}`))).lastSeq;
    } else if (life === undefined || (open.length < 6 && chosen < 5)) {
      const entries = declaration({ incident: `INC-${last}` }, { reason: `it is down, ${last}` });
      const item = declareItem(newId("declare"), entries);
      const { n, firstSeq, lastSeq } = taken(await ledger.commit(item));
      open.push({
        n: n ?? 0,
        firstSeq,
        texts: item.entries[0]?.texts ?? [],
        rest: [...(LIVES[dice.below(LIVES.length)] ?? [])],
      });
      last = lastSeq;
    } else {
      const next = life.rest.shift();
      if (next === undefined) {
        if (dice.below(3) === 0) {
          last = await redact(ledger, life.n, life.firstSeq);
          redacted.set(life.firstSeq, life.texts);
        }
        open.splice(open.indexOf(life), 1);
      } else last = taken(await change(ledger, life.n, ...next())).lastSeq;
    }
  }
  return redacted;
}

/** Redacts the reason of a declaration. */
async function redact(ledger: Ledger, n: number, seq: number): Promise<number> {
  const place = { seq, field: "reason" } as const;
  const entries = [fresh({ type: "text.redacted", provenOrigins: [], ...place })];
  return taken(await ledger.redact(itemOf({ n, state: await stateOf(ledger, n), entries }), place, [])).lastSeq;
}
