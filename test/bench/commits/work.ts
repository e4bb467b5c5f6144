import { effectsOf } from "../../../src/domain/bypass/effects-of.js";
import { evolve } from "../../../src/domain/bypass/evolve.js";
import type { BypassState } from "../../../src/domain/bypass/state.js";
import type { Entry } from "../../../src/domain/events/entries.js";
import type { CommitItem, Ledger } from "../../../src/usecases/ports/ports.js";
import { declaration, itemOf, logLine, newId, taken } from "../../contract/items.js";

/** What a team types while it works on an incident. */
const LINE = "Rolled the payments deployment back to 9f1c2ab; error rate is falling, watching for five minutes.";
const REASON =
  "Production login is down for all customers. One-line config fix; smoke tests pass, the suite takes 40 min.";

type Fresh = Parameters<typeof itemOf>[0]["entries"];

/** A commit that is ready to be sent. */
export interface Step {
  readonly item: CommitItem;
  /** To be called when it was taken: the next one builds on it. */
  readonly done: () => void;
}

/** Bypasses that wait for an answer, one per writer, and what their writers ask next. */
export interface Work {
  /** One commit of one entry each, with its text and its effect; `each` of them per writer. */
  logLines(each: number): readonly (readonly Step[])[];
  /** One commit of two entries each, with two texts, the row and three effects. */
  declarations(each: number): readonly (readonly Step[])[];
}

/** Declares a bypass per writer. Nothing but the commit itself is left to be done when the time is taken. */
export async function prepareWork(ledger: Ledger, writers: number): Promise<Work> {
  const streams = await Promise.all(
    Array.from({ length: writers }, async () => {
      const { item, after } = change(null, null, declared());
      return { n: taken(await ledger.commit(item)).n, state: after };
    }),
  );
  return {
    logLines: (each) =>
      streams.map((stream) => {
        let state = stream.state;
        return Array.from({ length: each }, () => {
          const { item, after } = change(stream.n, state, now([logLine(LINE)]));
          state = after;
          const done = (): void => {
            stream.state = after;
          };
          return { item, done };
        });
      }),
    declarations: (each) =>
      streams.map(() =>
        Array.from({ length: each }, () => ({ item: change(null, null, declared()).item, done: () => {} })),
      ),
  };
}

/** An entry that is not of about now would be refused. */
function now(entries: Fresh): Fresh {
  const at = new Date().toISOString();
  return entries.map((entry) => ({ ...entry, at }));
}

const declared = (): Fresh => now(declaration({}, { reason: REASON, target_typed: "acme/payments-api#4821" }));

function change(n: number | null, state: BypassState, fresh: Fresh): { item: CommitItem; after: BypassState } {
  const version = state?.version ?? 0;
  const entries = fresh.map(
    ({ event, actor, at }, index): Entry => ({ event, actor, at, version: version + index + 1 }),
  );
  return {
    item: itemOf({ n, state, entries: fresh, commandId: newId("bench"), effects: effectsOf(state, entries) }),
    after: entries.reduce<BypassState>(evolve, state),
  };
}
