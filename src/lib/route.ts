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

/** What a POST route gets of a request. */
export interface RouteRequest {
  /** The header `authorization`; `null` without one. */
  readonly authorization: string | null;
  /** The body as UTF-8; `null`: it is longer than the route reads. */
  readonly body: string | null;
}

/** A POST route without a server. Whoever calls it is a stranger until the route has read who it is. */
export interface PostRoute {
  readonly method: "POST";
  readonly path: string;
  /** The longest body that is read, in bytes. */
  readonly bodyBytes: number;
  /** A thrown fault is answered with 500 and logged. */
  handle(request: RouteRequest): Promise<RouteResponse>;
}

/** A JSON response that must not be cached. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): RouteResponse {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
    body: `${JSON.stringify(body)}\n`,
  };
}
