import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** Where `npm run build` puts the page, beside the compiled server. */
const PAGE = fileURLToPath(new URL("../page", import.meta.url));

/** The page loads nothing from other hosts and cannot be framed. */
const HEADERS = {
  "content-security-policy":
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** Sends a file of the page. Any path that names no file gets the page itself. */
export async function sendPage(response: ServerResponse, method: string | undefined, path: string): Promise<void> {
  if (method !== "GET" && method !== "HEAD") return send(response, 405, "text/plain", "");
  const named = /^\/assets\/[\w.-]+$/.test(path) ? path.slice(1) : path === "/" ? "index.html" : null;
  if (named === null) return send(response, 404, "text/plain", "There is nothing here. The page is at /.");
  try {
    const body = await readFile(join(PAGE, named));
    const kept = named === "index.html" ? "no-store" : "max-age=31536000, immutable";
    response.setHeader("cache-control", kept);
    send(response, 200, TYPES[extname(named)] ?? "application/octet-stream", body);
  } catch {
    send(response, 404, "text/plain", "The page was not built. Run npm run build, then start the demo again.");
  }
}

/** Sends a picture that the bot uploaded. */
export function sendFile(response: ServerResponse, content: Buffer | null): void {
  if (content === null) send(response, 404, "text/plain", "There is no such file.");
  else send(response, 200, "image/png", content);
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { ...HEADERS, "content-type": type });
  response.end(body);
}
