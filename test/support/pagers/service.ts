import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it came in. */
export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly bytes: number;
  /** The JSON of the body; `undefined` where it is none. */
  readonly json: unknown;
}

export interface Reply {
  readonly status: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How the service misbehaves: it answers so, never answers, hangs up, or takes the request and then hangs up. */
export type Fault = Reply | "hang" | "hang_up" | "lose_answer";

/** A service on this machine that stands in for one outside. */
export interface Service {
  /** With a slash at its end. */
  readonly base: string;
  readonly received: readonly Received[];
  /** Until it is mended again with `null`. */
  fail(fault: Fault | null): void;
  /** Resolves with the next request that comes in after the call. */
  next(): Promise<Received>;
  /** Resolves once what was received is as wished. */
  until(wished: (received: readonly Received[]) => boolean): Promise<void>;
  stop(): Promise<void>;
}

export async function openService(answer: (request: Received) => Reply): Promise<Service> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  let fault: Fault | null = null;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    const { method = "", url = "", headers } = request;
    const one: Received = { method, url, headers, bytes: body.byteLength, json: parsed(body.toString("utf8")) };
    received.push(one);
    const with_ = fault;
    const reply = with_ === null || with_ === "lose_answer" ? answer(one) : with_;
    for (const look of [...waiting]) look();
    if (reply === "hang") return;
    if (reply === "hang_up" || with_ === "lose_answer") return void request.socket.destroy();
    response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
    response.end(reply.json === undefined ? "" : JSON.stringify(reply.json));
  };

  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const until: Service["until"] = (wished) =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!wished(received)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return {
    base: `http://127.0.0.1:${port}/`,
    received,
    fail: (now) => {
      fault = now;
    },
    until,
    next: async () => {
      const before = received.length;
      await until((all) => all.length > before);
      const [one] = received.slice(before);
      if (one === undefined) throw new Error("A request came in and is gone.");
      return one;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
