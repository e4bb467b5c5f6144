import type { Actor } from "./actor.js";
import { bodySchema, FORMAT, isOfReview, type Place } from "./body-schema.js";
import { canonicalJson, type JsonValue } from "./canonical.js";
import { definitionOf, type TrailEvent } from "./catalogue/catalogue.js";
import { TEXT_FIELDS, type TextField } from "./catalogue/define.js";
import type { NewEntry } from "./entries.js";
import { textHash } from "./hash.js";
import { bypassName, reviewName } from "./names.js";

/** Where an entry is appended. `n` is `null` for a bypass that gets its number in the commit. */
export interface Where {
  readonly stream: { readonly kind: "bypass"; readonly n: number | null } | { readonly kind: "system" };
  /** Position in the stream, from 1; `null` in the system's stream. */
  readonly version: number | null;
  readonly commandId: string;
  /** Returns 16 random bytes in hex, different for every text. */
  readonly nonce: (field: TextField) => string;
}

/** A text that is stored apart from its entry; the body holds `sha256(nonce ‖ text)`. */
export interface SealedText {
  readonly field: TextField;
  /** 16 random bytes, hex. */
  readonly nonce: string;
  readonly text: string;
}

/** An entry as passed to the commit: its body, and its texts apart from it. */
export interface SealedEntry {
  /** Canonical JSON. For a bypass without a number yet, `bypass` is `BG-?`, which the commit fills in. */
  readonly body: string;
  readonly texts: readonly SealedText[];
}

/** A parsed body. */
export interface OpenedBody {
  readonly event: TrailEvent;
  readonly actor: Actor;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly command: string;
  /** `null` for the system's stream. */
  readonly version: number | null;
  /** The bypass that the entry belongs to; `null` for the system's stream. */
  readonly n: number | null;
  /** The hashes of the entry's texts, in hex. */
  readonly textHashes: Partial<Record<TextField, string>>;
}

/** A body that this version of Breakglass would not write. The message names the part that is wrong, never a value. */
export class UnreadableBody extends Error {
  override readonly name = "UnreadableBody";
}

/** Turns an entry into its canonical JSON body and its texts, each bound to the body by its hash. */
export function sealEntry<E extends TrailEvent>(entry: NewEntry<E>, where: Where): SealedEntry {
  const texts = TEXT_FIELDS.flatMap((field) => {
    const text = entry.texts?.[field];
    return text === undefined ? [] : [{ field, nonce: where.nonce(field), text }];
  });
  const hashes = texts.map(({ field, nonce, text }) => [field, { sha256: textHash(nonce, text) }]);
  const body = canonicalJson({
    ...plain(entry.event),
    ...Object.fromEntries(hashes),
    ...names(entry.event, where.stream),
    v: FORMAT,
    at: entry.at,
    actor: plain(entry.actor),
    command: where.commandId,
    version: where.version,
  });
  return { body, texts };
}

function names(event: TrailEvent, stream: Where["stream"]): Record<string, string> {
  if (stream.kind === "system") return {};
  const bypass = stream.n === null ? "BG-?" : bypassName(stream.n);
  if (!isOfReview(event.type)) return { bypass };
  return { bypass, review: stream.n === null ? "REV-?" : reviewName(stream.n) };
}

/** Events and actors are plain JSON values; `canonicalJson` throws if one is not. */
const plain = (value: object): Record<string, JsonValue> => Object.fromEntries(Object.entries(value));

/**
 * Parses a body that {@link sealEntry} wrote. Does not check whether the event belongs in that stream or whether that
 * actor may cause it; the invariants do.
 * @throws UnreadableBody for anything that `sealEntry` would not have written
 */
export function openBody(body: string): OpenedBody {
  const parsed = parse(body);
  if (parsed.v !== FORMAT) throw new UnreadableBody("its format is unknown");
  const reader = readerOf(parsed);
  if (reader === null) throw new UnreadableBody("its event is of an unknown type");
  const read = reader.schema.safeParse(parsed);
  if (!read.success) throw new UnreadableBody(whatIsWrong(reader, read.error.issues[0]));

  const { at, actor, command, version, bypass, review } = read.data;
  const n = bypass === undefined ? null : Number(bypass.slice("BG-".length));
  if (review !== undefined && n !== null && review !== reviewName(n)) {
    throw new UnreadableBody("its review is not that of its bypass");
  }
  const event: Record<string, unknown> = { type: reader.type };
  for (const name of reader.fields) event[name] = read.data[name];
  const textHashes: Partial<Record<TextField, string>> = {};
  for (const field of reader.texts) {
    const hash = read.data[field] as { readonly sha256: string } | undefined;
    if (hash !== undefined) textHashes[field] = hash.sha256;
  }
  return { event: event as TrailEvent, actor, at, command, version, n, textHashes };
}

/** How to read the bodies of one event in one stream. */
interface Reader {
  readonly type: string;
  readonly schema: ReturnType<typeof bodySchema>;
  readonly fields: readonly string[];
  readonly texts: readonly TextField[];
}

/** Cache of readers, filled on first use: zod compiles a schema once, and a trail can have a million bodies. */
const READERS: Readonly<Record<Place, Map<string, Reader>>> = { bypass: new Map(), system: new Map() };

function readerOf({ type, bypass }: Record<string, unknown>): Reader | null {
  if (typeof type !== "string") return null;
  const place = bypass === undefined ? "system" : "bypass";
  const cached = READERS[place].get(type);
  if (cached !== undefined) return cached;
  const definition = definitionOf(type);
  if (definition === undefined) return null;
  const { fields, texts } = definition;
  const reader = { type, schema: bodySchema(definition, place), fields: Object.keys(fields), texts };
  READERS[place].set(type, reader);
  return reader;
}

function parse(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new UnreadableBody("it is not JSON");
  }
  if (!isRecord(value)) throw new UnreadableBody("it is not an object");
  return value;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Names the part that is wrong, by a name from the schema, so that no content of the body is quoted. */
function whatIsWrong({ type }: Reader, issue: { code?: string; path: readonly PropertyKey[] } | undefined): string {
  const part = issue?.path[0];
  return part === undefined ? `it holds what ${type} does not have` : `its ${String(part)} is missing or wrong`;
}
