import type { Actor } from "./actor.js";
import { bodySchema, FORMAT, isOfReview, type Place } from "./body-schema.js";
import { canonicalJson, type JsonValue } from "./canonical.js";
import { definitionOf, type TrailEvent } from "./catalogue/catalogue.js";
import { TEXT_FIELDS, type TextField } from "./catalogue/define.js";
import type { NewEntry } from "./entries.js";
import { textHash } from "./hash.js";
import { bypassName, reviewName } from "./names.js";

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
  readonly event: TrailEvent;
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
export function sealEntry<F extends TrailEvent>(entry: NewEntry<F>, where: Where): SealedEntry {
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

/** Facts and actors are JSON already; `canonicalJson` refuses whatever is not. */
const plain = (value: object): Record<string, JsonValue> => Object.fromEntries(Object.entries(value));

/**
 * Reads a body that {@link sealEntry} wrote. Whether its event belongs in that stream, and whether that actor may cause
 * it, is for the invariants to judge.
 * @throws UnreadableBody for everything that `sealEntry` would not have written
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

/** How the bodies with one event are read in one place. */
interface Reader {
  readonly type: string;
  readonly schema: ReturnType<typeof bodySchema>;
  readonly fields: readonly string[];
  readonly texts: readonly TextField[];
}

/** Built when the first such body is read: zod compiles each schema once, and a trail has a million bodies. */
const READERS: Readonly<Record<Place, Map<string, Reader>>> = { bypass: new Map(), system: new Map() };

function readerOf({ type, bypass }: Record<string, unknown>): Reader | null {
  if (typeof type !== "string") return null;
  const place = bypass === undefined ? "system" : "bypass";
  const known = READERS[place].get(type);
  if (known !== undefined) return known;
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

/** Names the part that is wrong. It is a name that the schema knows, so that nothing of the body itself is quoted. */
function whatIsWrong({ type }: Reader, issue: { code?: string; path: readonly PropertyKey[] } | undefined): string {
  const part = issue?.path[0];
  return part === undefined ? `it holds what ${type} does not have` : `its ${String(part)} is missing or wrong`;
}
