import { createHash } from "node:crypto";

/** A value that JSON can hold. In the audit trail numbers are safe integers only, and times are strings. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * Canonical JSON, so that equal values have equal hashes (RFC 8785, restricted to integers): no white space, keys
 * ordered by UTF-16 code units, strings escaped as by `JSON.stringify`.
 * @throws {TypeError} naming the place, for fractions, numbers beyond 2^53 − 1, negative zero, `undefined`, lone
 * surrogates, cycles and anything else that JSON cannot hold: such a value must never be hashed as something else
 */
export function canonicalJson(value: JsonValue): string {
  return write(value, "$", new Set());
}

/** SHA-256 of the UTF-8 bytes of a text, as 64 lower-case hex digits. */
export function sha256Hex(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

function write(value: unknown, place: string, above: Set<object>): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return writeString(value, place);
  if (typeof value === "number") return writeInteger(value, place);
  if (typeof value !== "object") throw new TypeError(`${place} is ${typeof value}, which canonical JSON does not hold`);
  if (above.has(value)) throw new TypeError(`${place} holds itself`);
  above.add(value);
  const text = Array.isArray(value) ? writeArray(value, place, above) : writeObject(value, place, above);
  above.delete(value);
  return text;
}

function writeString(value: string, place: string): string {
  if (/\p{Cs}/u.test(value)) throw new TypeError(`${place} holds half of a surrogate pair, which UTF-8 cannot write`);
  return JSON.stringify(value);
}

function writeInteger(value: number, place: string): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    throw new TypeError(`${place} is ${Object.is(value, -0) ? "-0" : value}; only safe integers are taken`);
  }
  return String(value);
}

/** `Array.from` visits holes as `undefined`, which is rejected; `map` would skip them. */
function writeArray(items: readonly unknown[], place: string, above: Set<object>): string {
  return `[${Array.from(items, (item, index) => write(item, `${place}[${index}]`, above)).join(",")}]`;
}

function writeObject(value: object, place: string, above: Set<object>): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    throw new TypeError(`${place} is not a plain object; write it as a string or as plain values first`);
  }
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${writeString(key, `${place} key`)}:${write(member, `${place}.${key}`, above)}`);
  return `{${members.join(",")}}`;
}
