import type { IncomingMessage, ServerResponse } from "node:http";
import type { SlackResponse } from "./ack.js";
import { BODY_LIMIT_BYTES, readBody } from "./body.js";
import type { Dispatcher } from "./dispatcher.js";
import { isSslCheck, readEnvelope } from "./envelope.js";
import { type RequestHandler, reply } from "./http-server.js";
import type { RefusedRequests } from "./refused-requests.js";
import { signatureFault } from "./signature.js";

/** The path to which Slack sends commands, interactions and events over HTTP. */
export const EVENTS_PATH = "/slack/events";

/**
 * `POST /slack/events`. Answers 413 to a body over 256 KiB, 401 to a request that Slack did not sign within the last or
 * next five minutes, 400 to a malformed body, and 503 while the process is stopping.
 */
export function slackEventsHandler(options: {
  readonly signingSecret: string;
  readonly now: () => number;
  readonly dispatcher: Dispatcher;
  readonly stopping: () => boolean;
  readonly refused: RefusedRequests;
}): RequestHandler {
  const { signingSecret, now, dispatcher, refused } = options;
  return {
    method: "POST",
    path: EVENTS_PATH,
    async handle(request, response) {
      if (options.stopping()) return refuse(response, 503, "stopping");
      const read = await readBody(request, BODY_LIMIT_BYTES);
      if (read.kind === "broken") return;
      if (read.kind === "too_large") return refuse(response, 413, "too_large");
      const contentType = request.headers["content-type"] ?? "";
      const rawBody = read.body.toString("utf8");
      if (isSslCheck(contentType, rawBody)) return reply(response, 200, "");
      const fault = signatureFault(signingSecret, signatureHeaders(request), read.body, now());
      if (fault !== null) return refuse(response, 401, fault);
      const envelope = readEnvelope(contentType, rawBody);
      if (envelope.kind === "malformed") return refuse(response, 400, "malformed");
      if (envelope.kind === "challenge") return reply(response, 200, envelope.challenge);
      await dispatcher.dispatch({ payload: envelope.payload, retryNum: retryNumber(request), send: sender(response) });
    },
  };

  function refuse(response: ServerResponse, status: number, why: string): void {
    refused.tell(why, status);
    // The rest of a refused body is not read, so the connection cannot be used again.
    response.setHeader("connection", "close");
    reply(response, status, `${why}\n`);
  }
}

function signatureHeaders(request: IncomingMessage): { timestamp: string | undefined; signature: string | undefined } {
  return { timestamp: single(request, "x-slack-request-timestamp"), signature: single(request, "x-slack-signature") };
}

function retryNumber(request: IncomingMessage): number | null {
  const text = single(request, "x-slack-retry-num");
  return text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : null;
}

function single(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

function sender(response: ServerResponse): (answer: SlackResponse) => void {
  return (answer) => {
    if (answer.kind === "redeliver") return reply(response, 503, "again\n");
    if (answer.body === undefined) return void response.writeHead(200).end();
    response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(answer.body));
  };
}
