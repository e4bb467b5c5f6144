import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import type { PublishedKey } from "../../usecases/ports/receipts.js";

/** The keys of a key file. */
export interface ReceiptKeys {
  /** The first key of the file. */
  readonly signing: { readonly kid: string; readonly key: KeyObject };
  /** All of them, in the order of the file, without what is private. */
  readonly published: readonly PublishedKey[];
}

/** The keys of a file, or everything that is wrong with it, each as the rest of a sentence that begins with its path. */
export type ReadKeys = { readonly keys: ReceiptKeys } | { readonly faults: readonly string[] };

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** A rotation needs two or three. More than this is a mistake, and would make every verifier try more. */
const MOST_KEYS = 10;

/**
 * Reads keys from PEM: Ed25519 in PKCS#8 (`PRIVATE KEY`), of which the first signs, and after it further ones or, once their
 * private half is destroyed, public ones (`PUBLIC KEY`). All are published. A fault never repeats what the file holds.
 */
export async function readReceiptKeys(pem: string): Promise<ReadKeys> {
  const blocks = [...pem.matchAll(BLOCK)].map(([text, label = ""]) => ({ text, label }));
  if (blocks.length === 0) return { faults: ["holds no key; breakglass receipt key makes one"] };
  if (blocks.length > MOST_KEYS) return { faults: [`holds ${blocks.length} keys; at most ${MOST_KEYS} are published`] };
  const faults: string[] = [];
  const read = blocks.flatMap(({ text, label }, at) => {
    const key = keyOf(text, label);
    if (typeof key !== "string") return [key];
    faults.push(`${ordinal(at)} ${key}`);
    return [];
  });
  const [first] = read;
  if (faults.length === 0 && first?.type !== "private")
    faults.push("begins with a public key; the first key signs, so it must be a PRIVATE KEY");
  if (first === undefined || faults.length > 0) return { faults };
  const published = await Promise.all(read.map(publish));
  const kids = published.map(({ kid }) => kid);
  const twice = kids.findIndex((kid, at) => kids.indexOf(kid) !== at);
  if (twice >= 0) return { faults: [`${ordinal(twice)} is one that stands further up`] };
  return { keys: { signing: { kid: kids[0] ?? "", key: first }, published } };
}

const ordinal = (at: number): string => `key ${at + 1} in it`;

/** The key, or why it is none. OpenSSL's own words would not help, and might show the file. */
function keyOf(text: string, label: string): KeyObject | string {
  if (label !== "PRIVATE KEY" && label !== "PUBLIC KEY")
    return `is a ${label}; expected a PRIVATE KEY (PKCS#8) or PUBLIC KEY of Ed25519`;
  let key: KeyObject;
  try {
    key = label === "PRIVATE KEY" ? createPrivateKey(text) : createPublicKey(text);
  } catch {
    return "cannot be read as a key";
  }
  return key.asymmetricKeyType === "ed25519"
    ? key
    : `is a key of ${key.asymmetricKeyType ?? "another kind"}; expected Ed25519`;
}

async function publish(key: KeyObject): Promise<PublishedKey> {
  const { x } = (key.type === "private" ? createPublicKey(key) : key).export({ format: "jwk" });
  if (x === undefined) throw new Error("An Ed25519 key without its public half.");
  const kid = await calculateJwkThumbprint({ kty: "OKP", crv: "Ed25519", x });
  return { kty: "OKP", crv: "Ed25519", x, kid, alg: "EdDSA", use: "sig" };
}
