import { z } from "zod";

/** A body that Bolt can route, as a plain object. */
export type Payload = Readonly<Record<string, unknown>>;

export type Envelope =
  /** For a listener. */
  | { readonly kind: "payload"; readonly payload: Payload }
  /** Slack checks that this address is ours; the challenge is sent back. */
  | { readonly kind: "challenge"; readonly challenge: string }
  | { readonly kind: "malformed" };

/**
 * What a body must have so that Bolt can route it without throwing. Each listener parses the fields that it uses.
 */
const routable = z.union([
  z.looseObject({ type: z.literal("event_callback"), event: z.looseObject({ type: z.string() }) }),
  z.looseObject({ command: z.string().startsWith("/"), event: z.undefined().optional() }),
  z.looseObject({
    type: z.literal("block_actions"),
    event: z.undefined().optional(),
    command: z.undefined().optional(),
    actions: z.array(z.looseObject({ action_id: z.string() })).min(1),
    view: z.looseObject({ callback_id: z.string() }).optional(),
    channel: z.looseObject({ id: z.string() }).nullish(),
  }),
  z.looseObject({
    type: z.string(),
    event: z.undefined().optional(),
    command: z.undefined().optional(),
    // Bolt treats a body with `actions` as a click, whatever its type.
    actions: z.undefined().optional(),
    view: z.looseObject({ callback_id: z.string() }).optional(),
    channel: z.looseObject({ id: z.string() }).nullish(),
  }),
]);

const challenge = z.object({ type: z.literal("url_verification"), challenge: z.string().max(1000) });

/**
 * Whether this is Slack's check of a command's TLS certificate. It is not signed, so it is recognised before the signature
 * is verified; it has no effect.
 */
export function isSslCheck(contentType: string, rawBody: string): boolean {
  if (mediaType(contentType) !== "application/x-www-form-urlencoded" || !rawBody.includes("ssl_check=1")) return false;
  const form = new URLSearchParams(rawBody);
  return form.get("ssl_check") === "1" && !form.has("payload") && !form.has("command");
}

/** Reads the body of a request whose signature is valid. */
export function readEnvelope(contentType: string, rawBody: string): Envelope {
  const body = mediaType(contentType) === "application/json" ? parseJson(rawBody) : parseForm(rawBody);
  const asked = challenge.safeParse(body);
  if (asked.success) return { kind: "challenge", challenge: asked.data.challenge };
  return toPayload(body);
}

/** Reads a body from Socket Mode, which is parsed JSON already. */
export function toPayload(body: unknown): Envelope {
  const parsed = routable.safeParse(body);
  return parsed.success ? { kind: "payload", payload: parsed.data } : { kind: "malformed" };
}

/** Slack sends the type with and without `; charset=…`. */
function mediaType(contentType: string): string {
  return contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

function parseForm(rawBody: string): unknown {
  const form = new URLSearchParams(rawBody);
  const payload = form.get("payload");
  return payload === null ? Object.fromEntries(form) : parseJson(payload);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
