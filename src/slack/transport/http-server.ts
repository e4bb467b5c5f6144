import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FaultyConfiguration } from "../../lib/errors.js";
import { json, type Route, type RouteResponse } from "../../lib/route.js";
import type { Log } from "../../usecases/ports/ports.js";

/** A path whose handler reads the body and sends the response itself. */
export interface RequestHandler {
  readonly method: "POST";
  readonly path: string;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** One path with its methods. Paths are compared exactly. */
interface Endpoint {
  readonly path: string;
  readonly methods: readonly string[];
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/**
 * Timeouts in milliseconds. A slow client must not hold a connection for long; by default Node checks only every 30 s.
 * Idle connections stay open longer than common proxies keep theirs, because closing first could cut off a request.
 */
const LIMITS = {
  requestTimeout: 5_000,
  headersTimeout: 3_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 75_000,
};

/** Slack and the probes need a few dozen. Further connections are dropped, to save file descriptors and memory. */
const MAX_CONNECTIONS = 5_000;

/**
 * The only HTTP server of the process. It serves the read-only routes and the handlers of Slack's requests. HEAD is GET
 * without the body. An unknown path gets a 404 that does not repeat it, and another method a 405. A fault gets a 500 and is
 * logged; it never crashes the process.
 */
export class HttpServer {
  readonly #server: Server;
  readonly #endpoints: readonly Endpoint[];
  readonly #log: Log;

  constructor(routes: readonly Route[], handlers: readonly RequestHandler[], log: Log) {
    this.#endpoints = [...routes.map(routeEndpoint), ...handlers.map(handlerEndpoint)];
    this.#log = log;
    this.#server = createServer(LIMITS, (request, response) => void this.#serve(request, response));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /**
   * @returns the port, which differs from `port` when that is 0
   * @throws FaultyConfiguration when the port cannot be opened
   */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", (fault) => reject(notListening(fault, port, host)));
      this.#server.listen(port, host, () => {
        this.#server.removeAllListeners("error");
        this.#server.on("error", (fault) => this.#log.error("http.server", { code: codeOf(fault) }));
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Accepts no new connections and closes idle ones. Requests in progress may finish. */
  refuseNew(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  /** Closes all remaining connections. */
  closeAll(): void {
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").split("?", 1)[0];
    const endpoint = this.#endpoints.find((candidate) => candidate.path === path);
    if (endpoint === undefined) return send(response, json(404, { error: "not_found" }));
    if (!endpoint.methods.includes(request.method ?? "")) {
      return send(response, json(405, { error: "method_not_allowed" }, { allow: endpoint.methods.join(", ") }));
    }
    try {
      await endpoint.serve(request, response);
    } catch (fault) {
      this.#log.error("http.fault", { path: endpoint.path, code: codeOf(fault) });
      if (response.headersSent) response.destroy();
      else send(response, json(500, { error: "fault" }));
    }
  }
}

function routeEndpoint({ path, handle }: Route): Endpoint {
  return { path, methods: ["GET", "HEAD"], serve: async (_request, response) => send(response, await handle()) };
}

function handlerEndpoint({ path, method, handle }: RequestHandler): Endpoint {
  return { path, methods: [method], serve: handle };
}

/** Sends the response. Node itself leaves out the body for HEAD. */
function send(response: ServerResponse, { status, headers, body }: RouteResponse): void {
  response.writeHead(status, headers).end(body);
}

/** Ends a response with plain text. */
export function reply(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
}

const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: "is taken by another program",
  EACCES: "may not be opened by this account",
  EADDRNOTAVAIL: "is on an address that this machine does not have",
  ENOTFOUND: "is on a host name that is not known",
};

/** An operator can fix a port that cannot be opened, so that becomes a FaultyConfiguration. Other faults are unchanged. */
function notListening(fault: Error, port: number, host: string): Error {
  const code = codeOf(fault);
  const why = LISTEN_PROBLEMS[code];
  if (why === undefined) return fault;
  return new FaultyConfiguration("Breakglass did not start: it cannot listen.", [
    `Port ${port} on ${host} ${why} (${code}). Free it, or set PORT or HOST to something else.`,
  ]);
}

function codeOf(fault: unknown): string {
  if (!(fault instanceof Error)) return "unknown";
  return "code" in fault && typeof fault.code === "string" ? fault.code : fault.name;
}
