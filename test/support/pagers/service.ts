import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A received request. */
export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly bytes: number;
  /** The parsed body; `undefined` when it is not JSON. */
  readonly json: unknown;
}

export interface Reply {
  readonly status: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How the service fails: a fixed reply, no reply, a dropped connection, or a processed request whose reply is lost. */
export type Fault = Reply | "hang" | "hang_up" | "lose_answer";

/** A local HTTP service that stands in for an external one. */
export interface Service {
  /** The base URL, with a trailing slash. */
  readonly base: string;
  readonly received: readonly Received[];
  /** Fails every request in this way until it is called with `null`. */
  fail(fault: Fault | null): void;
  /** Resolves once the received requests satisfy the predicate. */
  until(isDone: (received: readonly Received[]) => boolean): Promise<void>;
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
    const incoming: Received = { method, url, headers, bytes: body.byteLength, json: parsed(body.toString("utf8")) };
    received.push(incoming);
    const activeFault = fault;
    const reply = activeFault === null || activeFault === "lose_answer" ? answer(incoming) : activeFault;
    for (const check of [...waiting]) check();
    if (reply === "hang") return;
    if (reply === "hang_up" || activeFault === "lose_answer") return void request.socket.destroy();
    response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
    response.end(reply.json === undefined ? "" : JSON.stringify(reply.json));
  };

  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const until: Service["until"] = (isDone) =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!isDone(received)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return {
    base: `http://127.0.0.1:${port}/`,
    received,
    fail: (next) => {
      fault = next;
    },
    until,
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
