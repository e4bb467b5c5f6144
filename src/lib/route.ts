/** An HTTP response. */
export interface RouteResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * A GET route without a server, which any listener on the port can serve. It gets nothing of the request, because no
 * such route takes a query string or a header.
 */
export interface Route {
  readonly method: "GET";
  readonly path: string;
  /** A thrown fault is answered with 500 and logged. */
  handle(): Promise<RouteResponse>;
}

/** A JSON response that must not be cached. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): RouteResponse {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
    body: `${JSON.stringify(body)}\n`,
  };
}
