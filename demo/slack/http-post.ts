import { type Agent, request } from "node:http";

/** The answer, or the reason why there is none. */
export type PostResult =
  | { readonly status: number; readonly body: string; readonly type: string }
  | { readonly failed: "timeout" | "unreachable"; readonly detail: string };

/**
 * A receiver closes the connection when it refuses a large body, so such a body gets a connection of its own. Bytes.
 */
const LARGE = 256 * 1024;

/** Posts a body with exactly these headers (adds no charset to the type) and waits at most `withinMs`. */
export function httpPost(
  url: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>>,
  withinMs: number,
  agent: Agent,
): Promise<PostResult> {
  return new Promise((resolve) => {
    const length = Buffer.byteLength(body);
    const shared = length > LARGE ? false : agent;
    const call = request(
      url,
      { method: "POST", agent: shared, headers: { ...headers, "content-length": String(length) } },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", (fault) => resolve({ failed: "unreachable", detail: fault.message }));
        response.on("end", () => {
          clearTimeout(timer);
          const text = Buffer.concat(parts).toString();
          resolve({ status: response.statusCode ?? 0, body: text, type: response.headers["content-type"] ?? "" });
        });
      },
    );
    const timer = setTimeout(() => {
      resolve({ failed: "timeout", detail: `no answer within ${withinMs} ms` });
      call.destroy();
    }, withinMs);
    call.on("error", (fault) => {
      clearTimeout(timer);
      resolve({ failed: "unreachable", detail: fault.message });
    });
    call.end(body);
  });
}
