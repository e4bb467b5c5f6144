import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FaultyConfiguration } from "../../lib/errors.js";
import { json, type Route, type RouteResponse } from "../../lib/route.js";
import type { Log } from "../../usecases/ports/ports.js";

/** A path whose handler reads the body and answers by itself. */
export interface RequestHandler {
  readonly method: "POST";
  readonly path: string;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** One path with its methods. Paths are compared as they are. */
interface Served {
  readonly path: string;
  readonly methods: readonly string[];
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/**
 * A slow client may not hold a connection for long; Node checks every 30 s by default. Idle connections stay open longer
 * than the usual proxies keep theirs, because closing first could cut off a request on its way.
 */
const LIMITS = {
  requestTimeout: 5_000,
  headersTimeout: 3_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 75_000,
};

/** Slack and the probes need a few dozen. More connections are dropped before they use up file descriptors and memory. */
const MAX_CONNECTIONS = 5_000;

/**
 * The one HTTP server of the process: routes to read, and the handlers of Slack's requests. HEAD is GET without its body.
 * An unknown path is a 404 that does not repeat it, another method a 405, a fault a 500 and a log line, never a crash.
 */
export class HttpServer {
  readonly #server: Server;
  readonly #served: readonly Served[];
  readonly #log: Log;

  constructor(routes: readonly Route[], handlers: readonly RequestHandler[], log: Log) {
    this.#served = [...routes.map(servedRoute), ...handlers.map(servedHandler)];
    this.#log = log;
    this.#server = createServer(LIMITS, (request, response) => void this.#serve(request, response));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /**
   * @returns the port, which differs from the one asked for when that was 0
   * @throws FaultyConfiguration when the port cannot be had
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

  /** Accepts no new connections; busy ones may finish. */
  refuseNew(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  /** Closes what is left. */
  closeAll(): void {
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").split("?", 1)[0];
    const served = this.#served.find((one) => one.path === path);
    if (served === undefined) return send(response, json(404, { error: "not_found" }));
    if (!served.methods.includes(request.method ?? "")) {
      return send(response, json(405, { error: "method_not_allowed" }, { allow: served.methods.join(", ") }));
    }
    try {
      await served.serve(request, response);
    } catch (fault) {
      this.#log.error("http.fault", { path: served.path, code: codeOf(fault) });
      if (response.headersSent) response.destroy();
      else send(response, json(500, { error: "fault" }));
    }
  }
}

function servedRoute({ path, handle }: Route): Served {
  return { path, methods: ["GET", "HEAD"], serve: async (_request, response) => send(response, await handle()) };
}

function servedHandler({ path, method, handle }: RequestHandler): Served {
  return { path, methods: [method], serve: handle };
}

/** Node itself leaves the body out of an answer to HEAD. */
function send(response: ServerResponse, { status, headers, body }: RouteResponse): void {
  response.writeHead(status, headers).end(body);
}

/** Ends a response with plain text. */
export function reply(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
}

const NO_PORT: Readonly<Record<string, string>> = {
  EADDRINUSE: "is taken by another program",
  EACCES: "may not be opened by this account",
  EADDRNOTAVAIL: "is on an address that this machine does not have",
  ENOTFOUND: "is on a host name that is not known",
};

/** A port that cannot be had is for the operator to mend; any other fault stays as it is. */
function notListening(fault: Error, port: number, host: string): Error {
  const code = codeOf(fault);
  const why = NO_PORT[code];
  if (why === undefined) return fault;
  return new FaultyConfiguration("Breakglass did not start: it cannot listen.", [
    `Port ${port} on ${host} ${why} (${code}). Free it, or set PORT or HOST to something else.`,
  ]);
}

function codeOf(fault: unknown): string {
  if (!(fault instanceof Error)) return "unknown";
  return "code" in fault && typeof fault.code === "string" ? fault.code : fault.name;
}
