import { type KeySet, keySet } from "../../ci/receipts/verify-receipt.js";
import { readAtMost } from "../../lib/read-response.js";
import { safeAddress } from "../../lib/safe-address.js";
import type { CommandIo } from "../command.js";
import { wayOut } from "../way-out.js";

const MAX_BYTES = 64 * 1024;
const DEADLINE_MS = 5_000;

/** The keys, or why there are none, as a sentence. */
export type ReadKeySet = { readonly keys: KeySet } | { readonly fault: string };

/** Reads public keys from a file, or from an address that nobody on the way can change. */
export async function readKeySet(place: string, io: CommandIo): Promise<ReadKeySet> {
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(place);
  const text = isAddress ? await download(place, io) : await readText(place, io);
  if ("fault" in text) return text;
  const keys = keySet.safeParse(jsonOf(text.text));
  if (!keys.success)
    return { fault: `${place} holds no set of keys (JSON with "keys", as /.well-known/jwks.json has it).` };
  if (keys.data.keys.length === 0)
    return { fault: `${place} holds no Ed25519 key, so no receipt can be verified with it.` };
  return { keys: keys.data };
}

type Text = { readonly text: string } | { readonly fault: string };

async function readText(path: string, io: CommandIo): Promise<Text> {
  try {
    return { text: new TextDecoder().decode(await io.readFile(path)) };
  } catch (fault) {
    return { fault: `${path} could not be read: ${fault instanceof Error ? fault.message : "unknown"}` };
  }
}

async function download(address: string, io: CommandIo): Promise<Text> {
  const url = safeAddress(address);
  if (url === null)
    return { fault: `${address} is not an address with https:// (http:// only on this machine), so it was not asked.` };
  const out = wayOut(io.env);
  if ("fault" in out) return out;
  try {
    // A redirect could lead to keys that somebody else publishes.
    const response = await out.fetch(url, { redirect: "manual", signal: AbortSignal.timeout(DEADLINE_MS) });
    if (response.status !== 200) return { fault: `${address} answers ${response.status}, not with keys.` };
    const text = await readAtMost(MAX_BYTES, response);
    return text === null ? { fault: `${address} answers with more than ${MAX_BYTES} bytes.` } : { text };
  } catch (fault) {
    const late = fault instanceof Error && fault.name === "TimeoutError";
    return { fault: `${address} ${late ? `did not answer within ${DEADLINE_MS / 1000} s` : "could not be reached"}.` };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
