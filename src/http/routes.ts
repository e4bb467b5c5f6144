/** What a handler may see of a request: no query string, because none of these routes has one, and no headers. */
export interface RouteRequest {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
}

export interface RouteResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A route without a server, so that whatever listens on the port can carry it. */
export interface Route {
  readonly method: "GET";
  readonly path: string;
  /** Never rejects for what the request says; a fault is answered with 500 by {@link respond}. */
  handle(request: RouteRequest): Promise<RouteResponse>;
}

/** A JSON answer that nobody keeps. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): RouteResponse {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
    body: `${JSON.stringify(body)}\n`,
  };
}

/**
 * The answer to a request: HEAD is GET without its body, 404 for a path that is none of the routes (it is not repeated),
 * 405 for another method.
 */
export async function respond(
  routes: readonly Route[],
  request: RouteRequest,
  onFault: (error: unknown) => void,
): Promise<RouteResponse> {
  const route = routes.find(({ path }) => path === request.path);
  if (route === undefined) return json(404, { error: "not_found" });
  const head = request.method === "HEAD";
  if (request.method !== route.method && !head)
    return json(405, { error: "method_not_allowed" }, { allow: "GET, HEAD" });
  try {
    const answer = await route.handle(request);
    return head ? { ...answer, body: "" } : answer;
  } catch (error) {
    onFault(error);
    return json(500, { error: "fault" });
  }
}
