import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createDamped, type Damped } from "../../lib/damped.js";
import { FaultyConfiguration } from "../../lib/errors.js";
import { json, type PostRoute, type Route, type RouteResponse } from "../../lib/route.js";
import type { Log } from "../../usecases/ports/ports.js";
import { Bodies, type ReadBody } from "./body.js";
import { type ClosedBecause, Connections } from "./connections.js";
import { PORT_LIMITS, type PortLimits } from "./limits.js";

/** What a handler needs of the server for one request. */
export interface Caller {
  /** Reads the body; see {@link Bodies}. */
  read(limit: number): Promise<ReadBody>;
  /** Says that Slack has signed this request: its connection then goes last when others need room. */
  prove(): void;
}

/** A path whose handler sends the response itself. */
export interface RequestHandler {
  readonly method: "POST";
  readonly path: string;
  handle(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void>;
}

/** One path with its methods. Paths are compared exactly. */
interface Endpoint {
  readonly path: string;
  readonly methods: readonly string[];
  serve(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void>;
}

/** What is said to a client whose request Node could not read, by the code of the fault. Anything else is malformed. */
const UNREADABLE: Readonly<Record<string, readonly [ClosedBecause, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ["slow", "408 Request Timeout"],
  HPE_HEADER_OVERFLOW: ["large_head", "431 Request Header Fields Too Large"],
};
const MALFORMED = ["malformed", "400 Bad Request"] as const;

export interface HttpServerOptions {
  readonly routes: readonly (Route | PostRoute)[];
  readonly handlers: readonly RequestHandler[];
  readonly log: Log;
  /** Counts a connection that was closed for a limit. */
  readonly onClosed: (why: ClosedBecause) => void;
  /** Default: {@link PORT_LIMITS}. */
  readonly limits?: PortLimits;
}

/**
 * The only HTTP server of the process. It serves the read-only routes and the handlers of Slack's requests. HEAD is GET
 * without the body. An unknown path gets a 404 that does not repeat it, and another method a 405. A fault gets a 500 and is
 * logged; it never crashes the process.
 */
export class HttpServer {
  readonly #server: Server;
  readonly #endpoints: readonly Endpoint[];
  readonly #log: Log;
  readonly #connections: Connections;
  readonly #bodies: Bodies;
  /** A flood of connections is one line at once, and then one a minute. */
  readonly #closed: Damped;
  /** Requests that come before it wait for it. */
  readonly #serving: Promise<void>;
  #beginServing = (): void => {};

  constructor({ routes, handlers, log, onClosed, limits = PORT_LIMITS }: HttpServerOptions) {
    this.#endpoints = [...routes.map(routeEndpoint), ...handlers.map(handlerEndpoint)];
    this.#log = log;
    this.#serving = new Promise((resolve) => {
      this.#beginServing = resolve;
    });
    this.#closed = createDamped((event, fields) => log.warn(event, fields));
    this.#connections = new Connections(limits, (why, from) => {
      onClosed(why);
      this.#closed.write(why, "http.connections_closed", { why, from, open: this.#connections.size });
    });
    this.#bodies = new Bodies(limits, ({ socket }) => this.#connections.close("large_body", socket));
    this.#server = createServer(
      {
        maxHeaderSize: limits.headBytes,
        headersTimeout: limits.headMs,
        requestTimeout: limits.requestMs,
        keepAliveTimeout: limits.idleMs,
        // By default Node looks for slow requests only every 30 s.
        connectionsCheckingInterval: Math.min(1_000, limits.headMs),
      },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.timeout = limits.silentMs;
    this.#server.on("connection", (socket) => this.#connections.admit(socket));
    this.#server.on("clientError", (fault, socket) => this.#unreadable(fault, socket));
  }

  /**
   * Opens the port. Requests wait until {@link serve}.
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

  /** Answers what has come and what comes. */
  serve(): void {
    this.#beginServing();
  }

  /** Accepts no new connections and closes idle ones. Requests in progress may finish. */
  refuseNew(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  /** Closes all remaining connections. */
  closeAll(): void {
    this.#server.closeAllConnections();
    this.#closed.flush();
  }

  /** Node could not read a request, or it took too long. */
  #unreadable(fault: Error, socket: Duplex): void {
    const [why, status] = UNREADABLE[codeOf(fault)] ?? MALFORMED;
    if (codeOf(fault) === "ECONNRESET") socket.destroy();
    else this.#connections.close(why, socket as Socket, `HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    if (!this.#connections.begin(socket)) return;
    response.once("close", () => this.#connections.end(socket));
    await this.#serving;
    await this.#answer(request, response, {
      read: (limit) => this.#bodies.read(request, limit),
      prove: () => this.#connections.prove(socket),
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void> {
    const path = (request.url ?? "/").split("?", 1)[0];
    const endpoint = this.#endpoints.find((candidate) => candidate.path === path);
    if (endpoint === undefined) return send(response, json(404, { error: "not_found" }));
    if (!endpoint.methods.includes(request.method ?? "")) {
      return send(response, json(405, { error: "method_not_allowed" }, { allow: endpoint.methods.join(", ") }));
    }
    try {
      await endpoint.serve(request, response, caller);
    } catch (fault) {
      this.#log.error("http.fault", { path: endpoint.path, code: codeOf(fault) });
      if (response.headersSent) response.destroy();
      else send(response, json(500, { error: "fault" }));
    }
  }
}

function routeEndpoint(route: Route | PostRoute): Endpoint {
  return route.method === "POST" ? postEndpoint(route) : getEndpoint(route);
}

function postEndpoint({ path, bodyBytes, handle }: PostRoute): Endpoint {
  const serve: Endpoint["serve"] = async (request, response, caller) => {
    const read = await caller.read(bodyBytes);
    if (read.kind === "broken") return;
    const body = read.kind === "read" ? read.body.toString("utf8") : null;
    respond(response, await handle({ authorization: request.headers.authorization ?? null, body }));
  };
  return { path, methods: ["POST"], serve };
}

function getEndpoint({ path, handle }: Route): Endpoint {
  return { path, methods: ["GET", "HEAD"], serve: async (_request, response) => send(response, await handle()) };
}

function handlerEndpoint({ path, method, handle }: RequestHandler): Endpoint {
  return { path, methods: [method], serve: handle };
}

/** Sends the response to a request whose body was read. */
function respond(response: ServerResponse, { status, headers, body }: RouteResponse): void {
  response.writeHead(status, headers).end(body);
}

/** Sends the response. Node itself leaves out the body for HEAD. */
function send(response: ServerResponse, { status, headers, body }: RouteResponse): void {
  // Nobody reads the body of such a request, so the connection cannot be used again.
  if (hasBody(response.req)) response.setHeader("connection", "close");
  respond(response, { status, headers, body });
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

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
