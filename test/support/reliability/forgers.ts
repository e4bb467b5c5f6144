import { createHmac } from "node:crypto";
import type { Dice } from "./seed.js";

/** A request as it arrives, with the time of the machine that receives it. */
export interface Arriving {
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  readonly body: Buffer;
  readonly nowMs: number;
}

/** Signs as Slack does. */
export function sign(secret: string, timestamp: string, body: Buffer): string {
  return `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest("hex")}`;
}

/** Forges a request from a genuine one, without the secret. */
export type Forger = (seen: Arriving, dice: Dice) => Arriving;

const hex = (dice: Dice, digits: number) => Array.from({ length: digits }, () => dice.below(16).toString(16)).join("");

/** Replaces one random character of the text. */
function altered(text: string, dice: Dice): string {
  const at = dice.below(text.length);
  const other = String.fromCharCode(33 + ((text.charCodeAt(at) - 33 + 1 + dice.below(93)) % 94));
  return text.slice(0, at) + other + text.slice(at + 1);
}

const signatureOf = (change: (signature: string, dice: Dice, seen: Arriving) => string): Forger => {
  return (seen, dice) => ({ ...seen, signature: change(seen.signature ?? "", dice, seen) });
};

const withBody = (change: (body: Buffer, dice: Dice) => Buffer): Forger => {
  return (seen, dice) => ({ ...seen, body: change(seen.body, dice) });
};

function flipped(body: Buffer, dice: Dice): Buffer {
  const copy = Buffer.from(body);
  const at = dice.below(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << dice.below(8));
  return copy;
}

const FIVE_MINUTES_MS = 300_000;

export const FORGERS: Readonly<Record<string, Forger>> = {
  "a signature made up": signatureOf((_signature, dice) => `v0=${hex(dice, 64)}`),
  "a signature bent": signatureOf((signature, dice) => altered(signature, dice)),
  "a signature cut": signatureOf((signature, dice) => signature.slice(0, dice.below(signature.length))),
  "a signature drawn out": signatureOf((signature, dice) => signature + hex(dice, 1 + dice.below(4))),
  "a signature in capitals": signatureOf((signature) => `v0=${signature.slice(3).toUpperCase()}`),
  "of another version": signatureOf((signature, dice) => `v${1 + dice.below(9)}=${signature.slice(3)}`),
  "without a version": signatureOf((signature) => signature.slice(3)),
  "signed with a secret that was guessed": signatureOf((_signature, dice, { timestamp, body }) =>
    sign(hex(dice, 32), timestamp ?? "", body),
  ),
  "signed without a secret": signatureOf((_signature, _dice, { timestamp, body }) => sign("", timestamp ?? "", body)),
  "no signature": (seen) => ({ ...seen, signature: undefined }),
  "no time": (seen) => ({ ...seen, timestamp: undefined }),
  "a body bent": withBody(flipped),
  "a body cut": withBody((body, dice) => body.subarray(0, dice.below(body.length))),
  "a body with more": withBody((body, dice) => Buffer.concat([body, Buffer.from(hex(dice, 1 + dice.below(8)))])),
  "another time": (seen, dice) => ({ ...seen, timestamp: String(Number(seen.timestamp) + 1 + dice.below(200)) }),
  "the same time in other digits": (seen, dice) => ({
    ...seen,
    timestamp: dice.pick([
      `0${seen.timestamp}`,
      `${seen.timestamp}.0`,

      `+${seen.timestamp}`,
      "0x6",
    ]),
  }),
  "played back when it is stale": (seen, dice) => ({
    ...seen,
    nowMs: seen.nowMs + FIVE_MINUTES_MS + 1_000 + dice.below(10 ** 9),
  }),
  "played back before its time": (seen, dice) => ({
    ...seen,
    nowMs: seen.nowMs - FIVE_MINUTES_MS - 1_000 - dice.below(10 ** 9),
  }),
};
