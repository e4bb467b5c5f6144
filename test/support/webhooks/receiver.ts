import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { z } from "zod";

/** `whsec_` and 32 bytes. */
export const secretOf = (byte: number): string => `whsec_${Buffer.alloc(32, byte).toString("base64")}`;

/** A CloudEvent as Breakglass sends it. Anything more or less is an error. */
const cloudEvent = z.strictObject({
  specversion: z.literal("1.0"),
  id: z.string().regex(/^[1-9]\d*-[0-9a-f]{24}$/),
  source: z.string().regex(/^urn:breakglass:[0-9a-f]{12}$/),
  type: z.string().regex(/^breakglass\.[a-z]+\.[a-z_]+$/),
  subject: z.string(),
  time: z.iso.datetime({ precision: 3 }),
  datacontenttype: z.literal("application/json"),
  data: z.strictObject({
    seq: z.int().positive(),
    head: z.string().regex(/^[0-9a-f]{24}$/),
    entry: z.looseObject({ type: z.string(), at: z.string() }),
  }),
});

export type Delivered = z.infer<typeof cloudEvent>;

/** How the receiver answers instead of accepting. */
export type Misbehaviour =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | "hang"
  | "lose_answer";

/** A receiver that takes only what the convention's own library verifies and what is a CloudEvent in every letter. */
export interface Receiver {
  readonly url: string;
  /** What was accepted, in order, replays and repetitions too. */
  readonly accepted: readonly Delivered[];
  /** The ids of all requests, accepted or not. */
  readonly ids: readonly string[];
  /** Why requests were refused as faulty. */
  readonly faults: readonly string[];
  misbehave(how: Misbehaviour | null): void;
  stop(): Promise<void>;
}

export async function openReceiver(secret: string): Promise<Receiver> {
  const accepted: Delivered[] = [];
  const ids: string[] = [];
  const faults: string[] = [];
  let how: Misbehaviour | null = null;

  const take = async (request: IncomingMessage): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const { method, headers } = request;
    if (method !== "POST") throw new Error(`method ${method}`);
    if (headers["content-type"] !== "application/cloudevents+json; charset=utf-8") throw new Error("content-type");
    const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = headers;
    if (typeof id !== "string" || typeof timestamp !== "string" || typeof signature !== "string")
      throw new Error("a header of the convention is missing");
    ids.push(id);
    const body = Buffer.concat(parts).toString("utf8");
    const verified = new Webhook(secret).verify(body, {
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signature,
    });
    const event = cloudEvent.parse(verified);
    if (event.id !== id) throw new Error("the id of the event is not that of the message");
    if (how === null || how === "lose_answer") accepted.push(event);
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await take(request);
    } catch (fault) {
      faults.push(fault instanceof Error ? fault.message : String(fault));
      response.writeHead(400).end();
      return;
    }
    if (how === "hang") return;
    if (how === "lose_answer") return void request.socket.destroy();
    response.writeHead(how?.status ?? 204, how?.headers ?? {}).end();
  };

  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    accepted,
    ids,
    faults,
    misbehave: (next) => {
      how = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The names of the events of one subject, in the order of their first arrival. */
export function typesOf(deliveries: readonly Delivered[], subject: string): string[] {
  const unique = new Map(deliveries.map((event) => [event.id, event]));
  return [...unique.values()].filter((event) => event.subject === subject).map(({ type }) => type);
}
