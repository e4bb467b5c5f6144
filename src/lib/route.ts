/** An answer as it goes out. */
export interface RouteResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * One address that is read, without a server, so that whatever listens on the port can carry it. It sees nothing of the
 * request: no such address takes a query string or a header.
 */
export interface Route {
  readonly method: "GET";
  readonly path: string;
  /** A fault that it throws is answered with 500 and goes to the log. */
  handle(): Promise<RouteResponse>;
}

/** A JSON answer that nobody keeps. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): RouteResponse {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
    body: `${JSON.stringify(body)}\n`,
  };
}
