import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { act, perform } from "./acts.js";
import { MOVES } from "./clock.js";
import type { Done } from "./contract.js";
import { sendFile, sendPage } from "./files.js";
import type { Screens } from "./screens.js";

/** The largest request body; the page's own requests are small. */
const MOST_BYTES = 200_000;

const move = z.object({ to: z.enum(MOVES) });
const look = z.object({ channel: z.string().min(1).max(255) });

/** The screens to serve, and the port. */
export interface WorkspaceServerOptions {
  readonly screens: Screens;
  /** 0 for a free port. */
  readonly port: number;
}

/** Serves the page and its requests on 127.0.0.1 only. Throws a system error (`EADDRINUSE`) when the port is taken. */
export async function serveWorkspace({ screens, port }: WorkspaceServerOptions) {
  const server = createServer((request, response) => {
    handle(screens, request, response).catch((fault: unknown) => {
      if (response.headersSent) response.destroy();
      else json(response, 500, { ok: false, told: `The demo failed: ${String(fault)}` } satisfies Done);
    });
  });
  await listen(server, port);
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });

async function handle(screens: Screens, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isOurs(request)) return json(response, 403, { ok: false, told: "This page answers to itself alone." });
  const [path = ""] = (request.url ?? "").split("?");
  const [, what, who] = /^\/api\/(screen|act|look|clock|file)(?:\/([\w-]+))?$/.exec(path) ?? [];
  if (what === undefined) return sendPage(response, request.method, path);
  if (what === "file" && request.method === "GET") return sendFile(response, screens.file(who ?? ""));
  const me = screens.slack.there.people().find(({ id }) => id === who)?.id;
  if (me === undefined && what !== "clock") return json(response, 400, { ok: false, told: "There is no such person." });
  if (me !== undefined && what === "screen" && request.method === "GET") return screens.follow(me, response);
  if (request.method !== "POST") return json(response, 405, { ok: false, told: "There is no such request." });
  const text = await read(request);
  // The unread rest of the body would be mistaken for the next request.
  if (text === null) response.setHeader("connection", "close");
  if (text === null) return json(response, 413, { ok: false, told: "That is far too much at once." });
  const body = parsed(text);
  if (me === undefined) return answer(response, move.safeParse(body), ({ to }) => screens.move(to));
  if (what === "look") return answer(response, look.safeParse(body), ({ channel }) => screens.look(me, channel));
  return answer(response, act.safeParse(body), (asked) => perform(screens.slack, me, asked));
}

async function answer<T>(
  response: ServerResponse,
  body: z.ZodSafeParseResult<T>,
  go: (asked: T) => Promise<Done>,
): Promise<void> {
  if (!body.success) return json(response, 400, { ok: false, told: z.prettifyError(body.error) });
  json(response, 200, await go(body.data));
}

/**
 * Reports whether the request is the page's own: refuses other pages in the browser and other host names (DNS
 * rebinding).
 */
function isOurs({ headers }: IncomingMessage): boolean {
  const host = headers.host ?? "";
  const own = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);
  return own && (headers.origin === undefined || headers.origin === `http://${host}`);
}

/** Reads the body; `null` when it is too large, with the rest unread. */
async function read(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > MOST_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function json(response: ServerResponse, status: number, body: Done): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
