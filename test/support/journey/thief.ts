import type { BypassEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import { createDatabase } from "../../../src/postgres/connection/database.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import type { Ledger } from "../../../src/usecases/ports/ports.js";
import { itemOf, newId, stateOf, taken } from "../../contract/items.js";

/** An entry in somebody's name, with any texts beside it. */
export interface Forgery {
  readonly n: number;
  readonly event: BypassEvent;
  readonly user: string;
  readonly texts?: { readonly origin?: string; readonly line?: string; readonly reason?: string };
  readonly commandId?: string;
  /** The bypasses that its origin is said to show. */
  readonly shows?: readonly number[];
}

/** Somebody who stole the run-time password, and nothing else. */
export interface Thief {
  readonly ledger: Ledger;
  /** Commits an entry past the bot. Returns its position. */
  forge(forgery: Forgery): Promise<number>;
  close(): Promise<void>;
}

/** Connects with the run-time role's address. */
export function openThief(url: string): Thief {
  const database = createDatabase({ url, max: 2, applicationName: "thief" });
  const ledger = createLedger(database, { deadlineMs: 10_000 });
  return {
    ledger,
    forge: async ({ n, event, user, texts = {}, commandId = newId("forged"), shows = [] }) => {
      const at = (await ledger.now()).toISOString();
      const entry = { event, actor: { kind: "person", user, person: user } as const, at, texts };
      const item = itemOf({ n, state: await stateOf(ledger, n), entries: [entry], commandId });
      return taken(await ledger.commit({ ...item, originShows: shows })).lastSeq;
    },
    close: () => database.end(),
  };
}
