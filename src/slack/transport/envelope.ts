import { z } from "zod";

/** A body that Bolt can route, as a plain object. */
export type Payload = Readonly<Record<string, unknown>>;

export type Envelope =
  /** A request for a listener. */
  | { readonly kind: "payload"; readonly payload: Payload }
  /** Slack checks that this URL is ours; the challenge must be sent back. */
  | { readonly kind: "challenge"; readonly challenge: string }
  | { readonly kind: "malformed" };

/** The fields that Bolt needs to route a body without throwing. Each listener parses the fields that it uses. */
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
 * Whether this is Slack's check of a command's TLS certificate. The check is not signed, so it is recognised before the
 * signature is verified. It has no effect.
 */
export function isSslCheck(contentType: string, rawBody: string): boolean {
  if (mediaType(contentType) !== "application/x-www-form-urlencoded" || !rawBody.includes("ssl_check=1")) return false;
  const form = new URLSearchParams(rawBody);
  return form.get("ssl_check") === "1" && !form.has("payload") && !form.has("command");
}

/**
 * Parses the body of a request whose signature is valid. The body alone decides how it is read: Slack does not sign the content
 * type, and what somebody wrote into an event must never be read as a click by whoever sends the same bytes again as a form.
 */
export function readEnvelope(rawBody: string): Envelope {
  const body = rawBody.startsWith("{") ? parseJson(rawBody) : parseForm(rawBody);
  const check = challenge.safeParse(body);
  if (check.success) return { kind: "challenge", challenge: check.data.challenge };
  return toPayload(body);
}

/** Validates a body from Socket Mode, which is already parsed. */
export function toPayload(body: unknown): Envelope {
  const parsed = routable.safeParse(body);
  return parsed.success ? { kind: "payload", payload: parsed.data } : { kind: "malformed" };
}

/** Slack sends the type with and without `; charset=…`. */
function mediaType(contentType: string): string {
  return contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** Slack sends a payload alone, and each field of a command once. */
function parseForm(rawBody: string): unknown {
  const form = new URLSearchParams(rawBody);
  const fields = Object.fromEntries(form);
  if (Object.keys(fields).length !== form.size) return null;
  const payload = form.get("payload");
  if (payload === null) return fields;
  return form.size === 1 ? parseJson(payload) : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
