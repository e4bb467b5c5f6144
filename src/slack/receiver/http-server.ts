import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FaultyConfiguration } from "../../lib/errors.js";
import type { Log } from "../../usecases/ports.js";

/** One address that the server answers beside Slack's, such as `GET /healthz`. Paths are compared as they are. */
export interface CustomRoute {
  readonly method: string;
  readonly path: string;
  handler(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}

/** The one HTTP server of the process. A handler that throws makes a 500 and a log line, never a crash. */
export class HttpServer {
  readonly #server: Server;
  readonly #routes: readonly CustomRoute[];
  readonly #log: Log;

  constructor(routes: readonly CustomRoute[], log: Log) {
    this.#routes = routes;
    this.#log = log;
    this.#server = createServer((request, response) => void this.#serve(request, response));
    // A client that dribbles its bytes may not hold a connection for ever.
    this.#server.requestTimeout = 10_000;
    this.#server.headersTimeout = 10_000;
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

  /** Takes no new connections; those that are busy may finish. */
  refuseNew(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  /** Ends what is left. */
  closeAll(): void {
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const path = (request.url ?? "/").split("?", 1)[0];
      const method = request.method === "HEAD" ? "GET" : request.method;
      const here = this.#routes.filter((route) => route.path === path);
      const route = here.find((candidate) => candidate.method === method);
      if (route !== undefined) return await route.handler(request, response);
      if (here.length > 0) response.setHeader("allow", here.map((candidate) => candidate.method).join(", "));
      reply(response, here.length > 0 ? 405 : 404, here.length > 0 ? "method not allowed\n" : "not found\n");
    } catch (fault) {
      this.#log.error("http.handler", { code: codeOf(fault) });
      if (response.headersSent) response.destroy();
      else reply(response, 500, "something broke\n");
    }
  }
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
