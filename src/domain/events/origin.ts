import { z } from "zod";
import { canonicalJson } from "./canonical.js";
import type { NewEntry } from "./entries.js";

/** A request that Slack sent over HTTP, as it was verified: anybody with the signing secret can verify it again. */
const slackRequest = z.strictObject({
  via: z.literal("slack-request"),
  /** The header `x-slack-request-timestamp`: seconds since 1970. */
  timestamp: z.string().regex(/^\d{1,11}$/),
  /** The header `x-slack-signature`. */
  signature: z.string().regex(/^v0=[0-9a-f]{64}$/),
  /** The body, byte for byte: deflated (RFC 1951), in base64. */
  deflated: z.base64(),
});

/** A request that came over Socket Mode, where Slack signs nothing. */
const socketEnvelope = z.strictObject({
  via: z.literal("socket-envelope"),
  /** Slack's id of the envelope. */
  id: z.string().min(1).max(200),
});

const origin = z.discriminatedUnion("via", [slackRequest, socketEnvelope]);

/** Where a human act came from, as it is kept beside the trail: the text `origin` of its entry. */
export type Origin = Readonly<z.infer<typeof origin>>;
/** An {@link Origin} that the signing secret can prove. */
export type SignedRequest = Readonly<z.infer<typeof slackRequest>>;

/** The origin of a command, and what must be known of it to remove it in time. */
export interface CommandOrigin {
  readonly origin: Origin;
  /** The bypasses whose texts the origin may hold, because what the person pressed or filled in showed them. */
  readonly shows: readonly number[];
  /** Whether it may hold what this person typed, and not only what was shown to them. */
  readonly isTyped: boolean;
}

/** Returns `null` for a text that {@link withOrigin} did not write. */
export function readOrigin(text: string): Origin | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return origin.safeParse(value).data ?? null;
}

/**
 * How far the timestamp of a request may differ from the bot's clock, in seconds; Slack recommends five minutes against
 * replays.
 */
export const SIGNATURE_TOLERANCE_SECONDS = 5 * 60;

/** The longest origin, in bytes: the longest body that is accepted from Slack fits, even if it cannot be compressed. */
export const LONGEST_ORIGIN = 393_216;

/**
 * Adds the origin of a command to the first entry that a person caused: an entry of the system may come before it, such as
 * the expiry that the command came upon, and what follows belongs to the same command. An origin that is too long is left
 * out, because it must never keep an act from being recorded.
 */
export function withOrigin<E extends { readonly type: string }>(
  entries: readonly NewEntry<E>[],
  given: CommandOrigin | null,
): readonly NewEntry<E>[] {
  const first = entries.findIndex(({ actor }) => actor.kind === "person");
  if (given === null || first < 0) return entries;
  const text = canonicalJson({ ...given.origin });
  if (Buffer.byteLength(text) > LONGEST_ORIGIN) return entries;
  return entries.map((entry, index) =>
    index === first ? { ...entry, texts: { ...entry.texts, origin: text } } : entry,
  );
}

/**
 * The origin that the record of a refused attempt keeps: that of a press. What a person typed in vain is kept nowhere: no
 * text of an entry names it, so nobody could redact it.
 */
export const originOfRefusal = (given: CommandOrigin | null): CommandOrigin | null =>
  given?.isTyped === true ? null : given;
