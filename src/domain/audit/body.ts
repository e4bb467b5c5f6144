import { type NewEntry, TEXT_FIELDS, type TextField } from "../bypass/entries.js";
import { bypassName, parseBypassName, reviewName } from "../bypass/number.js";
import type { Actor } from "../bypass/people.js";
import { canonicalJson, type JsonValue } from "./canonical.js";
import { textHash } from "./hash.js";
import { type Fact, isActor, isFact, isFactType, isRecord } from "./shapes.js";

export { type Fact, type FactType, isBypassFact } from "./shapes.js";

/** The format that is written; a reader refuses every other. */
const FORMAT = 1;
/** What a body holds besides the fields of its fact. */
const FRAME = ["v", "type", "at", "actor", "command", "version", "bypass", "review"] as const;
/** Facts of a review name it beside its bypass. */
const isOfReview = (type: Fact["type"]): boolean => type.startsWith("review.");
const HASH = /^[0-9a-f]{64}$/;

/** Where an entry is to stand. `n` is `null` for a bypass that gets its number in the commit. */
export interface Where {
  readonly stream: { readonly kind: "bypass"; readonly n: number | null } | { readonly kind: "system" };
  /** Position in the stream, from 1; `null` in the system's. */
  readonly version: number | null;
  readonly commandId: string;
  /** 16 random bytes in hex, new ones for every text. */
  readonly nonce: (field: TextField) => string;
}

/** A text to be stored beside its entry: `sha256(nonce ‖ text)` stands in the body. */
export interface SealedText {
  readonly field: TextField;
  /** 16 random bytes, hex. */
  readonly nonce: string;
  readonly text: string;
}

/** An entry as it is handed to the commit: its body, and its texts apart from it. */
export interface SealedEntry {
  /** Canonical JSON. For a bypass that has no number yet the value of `bypass` is `BG-?`, and the commit fills it in. */
  readonly body: string;
  readonly texts: readonly SealedText[];
}

/** A body that was read back. */
export interface OpenedBody {
  readonly fact: Fact;
  readonly actor: Actor;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly command: string;
  /** `null` for the system's stream. */
  readonly version: number | null;
  /** The bypass that the entry belongs to; `null` for the system's stream. */
  readonly n: number | null;
  /** The hashes of the texts that belong to the entry, in hex. */
  readonly textHashes: Partial<Record<TextField, string>>;
}

/** A body that is not what this version of Breakglass writes; the message names what is wrong, never a value. */
export class UnreadableBody extends Error {
  override readonly name = "UnreadableBody";
}

/** The body of an entry as canonical JSON, and its texts, each bound to the body by its hash. */
export function sealEntry<F extends Fact>(entry: NewEntry<F>, where: Where): SealedEntry {
  const texts = TEXT_FIELDS.flatMap((field) => {
    const text = entry.texts?.[field];
    return text === undefined ? [] : [{ field, nonce: where.nonce(field), text }];
  });
  const hashes = texts.map(({ field, nonce, text }) => [field, { sha256: textHash(nonce, text) }]);
  const body = canonicalJson({
    ...plain(entry.fact),
    ...Object.fromEntries(hashes),
    ...names(entry.fact, where.stream),
    v: FORMAT,
    at: entry.at,
    actor: plain(entry.actor),
    command: where.commandId,
    version: where.version,
  });
  return { body, texts };
}

function names(fact: Fact, stream: Where["stream"]): Record<string, string> {
  if (stream.kind === "system") return {};
  const bypass = stream.n === null ? "BG-?" : bypassName(stream.n);
  if (!isOfReview(fact.type)) return { bypass };
  return { bypass, review: stream.n === null ? "REV-?" : reviewName(stream.n) };
}

/** Facts and actors are JSON already; `canonicalJson` refuses whatever is not. */
const plain = (value: object): Record<string, JsonValue> => Object.fromEntries(Object.entries(value));

/** The inverse of {@link sealEntry}. @throws UnreadableBody for everything that it would not have written */
export function openBody(body: string): OpenedBody {
  const parsed = parse(body);
  const { v, type, at, actor, command, version, bypass, review } = parsed;
  if (v !== FORMAT) throw new UnreadableBody("the body is of an unknown format");
  if (!isFactType(type)) throw new UnreadableBody("the body tells a fact of an unknown type");
  if (typeof at !== "string" || Number.isNaN(Date.parse(at))) throw new UnreadableBody("the time is no time");
  if (!isActor(actor)) throw new UnreadableBody("the actor is neither a person nor a part of the system");
  if (typeof command !== "string") throw new UnreadableBody("the command has no id");
  const n = typeof bypass === "string" && bypass.startsWith("BG-") ? parseBypassName(bypass) : null;
  if (bypass !== undefined && n === null) throw new UnreadableBody("the bypass has no number");
  const isVersion = typeof version === "number" && Number.isSafeInteger(version) && version > 0;
  if (!(n === null ? version === null : isVersion)) throw new UnreadableBody("the version is not one of its stream");
  if (review !== (n !== null && isOfReview(type) ? reviewName(n) : undefined)) {
    throw new UnreadableBody("the review is not the one of the bypass");
  }
  const { fields, textHashes } = split(parsed);
  const fact = { ...fields, type };
  if (!isFact(fact)) throw new UnreadableBody(`the fields are not those of ${type}`);
  return { fact, actor, at, command, version: isVersion ? version : null, n, textHashes };
}

function parse(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new UnreadableBody("the body is not JSON");
  }
  if (!isRecord(value)) throw new UnreadableBody("the body is no object");
  return value;
}

/** The fields of the fact, and the hashes of the texts beside it. */
function split(parsed: Record<string, unknown>) {
  const fields: Record<string, unknown> = {};
  const textHashes: Partial<Record<TextField, string>> = {};
  for (const [key, value] of Object.entries(parsed)) {
    if (FRAME.some((name) => name === key)) continue;
    const field = TEXT_FIELDS.find((name) => name === key);
    if (field === undefined) fields[key] = value;
    else textHashes[field] = hashOf(value, field);
  }
  return { fields, textHashes };
}

function hashOf(value: unknown, field: TextField): string {
  const hash = isRecord(value) && Object.keys(value).length === 1 ? value.sha256 : undefined;
  if (typeof hash !== "string" || !HASH.test(hash)) throw new UnreadableBody(`the text ${field} has no hash`);
  return hash;
}
