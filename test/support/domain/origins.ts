import type { Actor } from "../../../src/domain/events/actor.js";
import type { OpenedBody } from "../../../src/domain/events/body.js";
import type { TrailEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { StoredEntry, StoredText } from "../../../src/domain/verify/stored.js";

export const AT = "2026-11-30T12:00:00.000Z";
export const DANA: Actor = { kind: "person", user: "U0DANA", person: "dana" };

const NONE = new Uint8Array(32);
/** An entry of BG-1 as it is read back. */
export const stored = (
  seq: number,
  texts: readonly StoredText[],
  originShows: readonly number[] = [],
): StoredEntry => ({
  ...{ seq, stream: "BG-1", version: seq, body: "", prev: NONE, leaf: NONE, hash: NONE, texts, originShows },
});
/** Its body: an act of Dana, with a command of its own. */
export const opened = (seq: number, event: TrailEvent, change: Partial<OpenedBody> = {}): OpenedBody => ({
  ...{ event, actor: DANA, at: AT, command: `c${seq}`, version: seq, n: 1, textHashes: {} },
  ...change,
});
/** The text of an origin; `null` for one that was redacted. */
export const origin = (text: string | null): StoredText => ({ field: "origin", nonce: null, text });
