import { type OpenedBody, openBody } from "../domain/events/body.js";
import { createOriginCheck } from "../domain/verify/origins/origins.js";
import type { AppContext } from "./app-context.js";
import type { TextAddress } from "./ports/ports.js";

/** The origins that a redaction removes. */
export interface OriginsGoing {
  /** The entries that have them. */
  readonly all: readonly number[];
  /** Those of them that the signing secret proves to be what Slack delivered. */
  readonly proven: readonly number[];
}

/** How many entries are read at once. Origins may be long. */
const AT_ONCE = 100;

/**
 * Proves the origins that go with a text while they are still there: what is lost cannot be proven any more, and an act that
 * somebody made up would be as good as the others. Without a signing secret (Socket Mode) none is proven.
 */
export async function proveOrigins(
  { queries, readRequest }: Pick<AppContext, "queries" | "readRequest">,
  text: TextAddress,
): Promise<OriginsGoing> {
  const { all, record } = await queries.originsGoing(text);
  if (readRequest === null || all.length === 0) return { all, proven: [] };
  const proven = new Set<number>();
  const copies = new Set<number>();
  const check = createOriginCheck(
    { read: readRequest, allowSocketMode: true, proven: (seq) => proven.add(seq) },
    () => {},
  );
  for (let from = 0; from < record.length; from += AT_ONCE) {
    for (const stored of await queries.storedEntries(record.slice(from, from + AT_ONCE))) {
      const opened = readable(stored.body);
      if (opened === null) continue;
      check.entry(stored, opened);
      // The request may have been used before: under its own id, the act would have been a duplicate.
      if (opened.command.includes("~")) copies.add(stored.seq);
    }
  }
  check.finish();
  return { all, proven: all.filter((seq) => proven.has(seq) && !copies.has(seq)) };
}

/** `null` for an entry that was written past the bot and cannot be read. */
function readable(body: string): OpenedBody | null {
  try {
    return openBody(body);
  } catch {
    return null;
  }
}
