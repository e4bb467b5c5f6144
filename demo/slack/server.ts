import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Fault } from "./faults.js";
import { type JsonObject, parseJson, textAt } from "./json.js";
import { spendResponseUrl } from "./response-url.js";
import type { SocketHub } from "./socket-mode.js";
import { parseArguments, textArg } from "./web-api/args.js";
import { acceptedScopes, type Outcome, performCall } from "./web-api/call.js";
import type { World } from "./world.js";

/** The HTTP side of the double, on 127.0.0.1. */
export class SlackServer {
  readonly #server: Server;
  readonly #world: () => World;
  #port: number;
  #calls = 0;

  constructor(port: number, sockets: SocketHub, world: () => World) {
    this.#port = port;
    this.#world = world;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((fault: unknown) => {
        // An error of the double itself must not look like a behaviour of Slack.
        world().recorder.violation("fault_of_the_double", `${request.url}: ${String(fault)}`);
        response.destroy();
      });
    });
    this.#server.keepAliveTimeout = 60_000;
    this.#server.on("upgrade", (request, socket, head) => sockets.upgrade(request, socket, head));
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, "127.0.0.1", () => {
        this.#server.off("error", reject);
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /** Stops listening and drops every connection. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const end = this.#world().recorder.begin();
    response.once("close", end);
    const body = await read(request);
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const [, family, name = ""] = /^\/(api|response|upload)\/([\w.-]+)$/.exec(path) ?? [];
    if (request.method !== "POST" || family === undefined) return reply(response, 404, "not found");
    if (family === "api") return this.#api(name, body, request, response);
    if (family === "response") return this.#response(name, body, response);
    return this.#upload(name, body, request, response);
  }

  #api(name: string, body: Buffer, request: IncomingMessage, response: ServerResponse): void {
    const world = this.#world();
    const fault = world.faults.strike(name, () => argumentsOf(body, request)) ?? this.#tooSoon(name, body, request);
    const performed = fault === undefined || fault.kind === "lost";
    const outcome: Outcome = performed
      ? performCall(world, name, body.toString(), request.headers)
      : { args: argumentsOf(body, request), response: faultResponse(fault) };
    const status = fault === undefined ? 200 : faultStatus(fault);
    this.#record(name, outcome, status, fault);
    if (status === 0) {
      if (fault?.kind !== "hang") response.destroy();
      return;
    }
    if (fault?.kind === "rate_limit") response.setHeader("retry-after", String(fault.retryAfter ?? 1));
    response.setHeader("x-oauth-scopes", [...world.scopes].join(","));
    response.setHeader("x-accepted-oauth-scopes", acceptedScopes(name).join(","));
    if (fault?.kind === "http") reply(response, status, "Internal Server Error");
    else reply(response, status, JSON.stringify(outcome.response), "application/json; charset=utf-8");
  }

  #tooSoon(name: string, body: Buffer, request: IncomingMessage): Fault | undefined {
    const limits = this.#world().rateLimits;
    if (limits === undefined) return undefined;
    const retryAfter = limits.tooSoon(name, textArg(argumentsOf(body, request), "channel") ?? "");
    return retryAfter === undefined ? undefined : { kind: "rate_limit", retryAfter };
  }

  #record(method: string, { args, response }: Outcome, status: number, fault: Fault | undefined): void {
    this.#calls += 1;
    const { recorder, now } = this.#world();
    const error = textAt(response, "error");
    const outcome = { ok: response.ok === true, status, response, ...(error === undefined ? {} : { error }) };
    const injected = fault === undefined ? {} : { fault: fault.kind };
    recorder.add("calls", { n: this.#calls, at: now(), method, args, ...outcome, ...injected });
  }

  #response(id: string, body: Buffer, response: ServerResponse): void {
    const world = this.#world();
    const fault = world.faults.strike("response_url");
    if (fault?.kind === "hang") return;
    if (fault !== undefined && fault.kind !== "lost") {
      const status = faultStatus(fault);
      if (status === 0) response.destroy();
      else reply(response, fault.kind === "error" ? 400 : status, fault.kind === "error" ? fault.code : "error");
      return;
    }
    const result = spendResponseUrl(world, id, parseJson(body.toString()));
    if (fault !== undefined) response.destroy();
    else reply(response, result.status, result.body);
  }

  #upload(id: string, body: Buffer, request: IncomingMessage, response: ServerResponse): void {
    const { pendingFiles } = this.#world();
    const pending = pendingFiles.get(id);
    const content = fileContent(body, request.headers["content-type"] ?? "");
    if (pending === undefined) {
      reply(response, 404, "file_not_found");
    } else if (content.length !== pending.length) {
      reply(response, 400, "length does not match");
    } else {
      pendingFiles.set(id, { ...pending, content });
      reply(response, 200, `OK - ${content.length}`);
    }
  }
}

/** The content of the file: the whole body, or the only part of a multipart form. */
function fileContent(body: Buffer, type: string): Buffer {
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
  if (boundary === undefined) return body;
  const start = body.indexOf("\r\n\r\n") + 4;
  const end = body.lastIndexOf(`\r\n--${boundary}`);
  return body.subarray(start, end);
}

function argumentsOf(body: Buffer, request: IncomingMessage): JsonObject {
  try {
    const { token: _token, ...args } = parseArguments(body.toString(), request.headers);
    return args;
  } catch {
    return {};
  }
}

function faultStatus(fault: Fault): number {
  if (fault.kind === "rate_limit") return 429;
  if (fault.kind === "http") return fault.status ?? 500;
  return fault.kind === "error" || fault.kind === "answer" ? 200 : 0;
}

function faultResponse(fault: Fault): JsonObject {
  if (fault.kind === "answer") return fault.answer;
  if (fault.kind === "error") return { ok: false, error: fault.code, ...fault.more };
  return fault.kind === "rate_limit" ? { ok: false, error: "ratelimited" } : { ok: false };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

function reply(response: ServerResponse, status: number, body: string, type = "text/plain"): void {
  response.writeHead(status, { "content-type": type });
  response.end(body);
}
