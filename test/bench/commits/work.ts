import { effectsOf } from "../../../src/domain/bypass/effects-of.js";
import { evolve } from "../../../src/domain/bypass/evolve.js";
import type { BypassState } from "../../../src/domain/bypass/state.js";
import type { Entry } from "../../../src/domain/events/entries.js";
import { type Origin, withOrigin } from "../../../src/domain/events/origin.js";
import type { CommitItem, Ledger } from "../../../src/usecases/ports/ports.js";
import { declaration, itemOf, logLine, newId, taken } from "../../contract/items.js";
import { submittedForm, typedLine } from "./requests.js";

/** A typical log line during an incident. */
const LINE = "Rolled the payments deployment back to 9f1c2ab; error rate is falling, watching for five minutes.";
const REASON =
  "Production login is down for all customers. One-line config fix; smoke tests pass, the suite takes 40 min.";

type NewEntries = Parameters<typeof itemOf>[0]["entries"];

/** A prepared commit. */
export interface Step {
  readonly item: CommitItem;
  /** Call it after the commit: the next commit builds on it. */
  readonly done: () => void;
}

/** Prepared commits for a number of writers, each with a requested bypass of its own. */
export interface Work {
  /** `each` commits per writer, of one entry with its text, its origin and its effect. */
  logLines(each: number): readonly (readonly Step[])[];
  /** `each` commits per writer, of two entries with two texts and an origin, the bypass row and three effects. */
  declarations(each: number): readonly (readonly Step[])[];
}

/** Declares a bypass per writer and prepares the commits, so that only the commits themselves are measured. */
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
          const { item, after } = change(stream.n, state, now(sent([logLine(LINE)], typedLine(LINE))));
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

/** Sets the time to now: the ledger refuses entries with other times. */
function now(entries: NewEntries): NewEntries {
  const at = new Date().toISOString();
  return entries.map((entry) => ({ ...entry, at }));
}

const declared = (): NewEntries => {
  const entries = declaration({}, { reason: REASON, target_typed: "acme/payments-api#4821" });
  return now(sent(entries, submittedForm(REASON)));
};

/** The entries with the request that caused them, as every act of a person has. */
const sent = (entries: NewEntries, origin: Origin): NewEntries =>
  withOrigin(entries, { origin, shows: [], isTyped: true });

function change(n: number | null, state: BypassState, added: NewEntries): { item: CommitItem; after: BypassState } {
  const version = state?.version ?? 0;
  const entries = added.map(
    ({ event, actor, at }, index): Entry => ({ event, actor, at, version: version + index + 1 }),
  );
  return {
    item: itemOf({ n, state, entries: added, commandId: newId("bench"), effects: effectsOf(state, entries) }),
    after: entries.reduce<BypassState>(evolve, state),
  };
}
