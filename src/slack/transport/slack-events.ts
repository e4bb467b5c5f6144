import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { SlackResponse } from "./ack.js";
import type { Dispatcher } from "./dispatcher.js";
import { isSslCheck, readEnvelope } from "./envelope.js";
import { type RequestHandler, reply } from "./http-server.js";
import { PORT_LIMITS } from "./limits.js";
import type { RefusedRequests } from "./refused-requests.js";
import { RequestOrigin } from "./request-origin.js";
import { headerFault, type SignatureHeaders, signatureFault } from "./signature.js";
import type { SignatureWatch } from "./signature-watch.js";

/** The path to which Slack sends commands, interactions and events over HTTP. */
export const EVENTS_PATH = "/slack/events";

/**
 * `POST /slack/events`. Answers 401 to a request that Slack did not sign within the last or next five minutes, 413 to a
 * body over 256 KiB, 400 to a malformed body, and 503 while the process is stopping.
 */
export function slackEventsHandler(options: {
  readonly signingSecret: string;
  readonly now: () => number;
  readonly dispatcher: Dispatcher;
  readonly stopping: () => boolean;
  readonly refused: RefusedRequests;
  readonly watch: SignatureWatch;
}): RequestHandler {
  const { signingSecret, now, dispatcher, refused, watch } = options;
  return {
    method: "POST",
    path: EVENTS_PATH,
    async handle(request, response, caller) {
      if (options.stopping()) return refuse(response, 503, "stopping");
      const signed = signatureHeaders(request);
      const atOnce = headerFault(signed, now());
      const contentType = request.headers["content-type"] ?? "";
      const read = await caller.read(atOnce === null ? PORT_LIMITS.bodyBytes : PORT_LIMITS.unsignedBodyBytes);
      if (read.kind === "broken") return;
      const rawBody = read.kind === "read" ? read.body.toString("utf8") : "";
      if (isSslCheck(contentType, rawBody)) return reply(response, 200, "");
      if (atOnce !== null) return refuse(response, 401, atOnce);
      if (read.kind === "too_large") return refuse(response, 413, "too_large");
      const fault = signatureFault(signingSecret, signed, read.body, now());
      if (fault !== null) {
        watch.misfit();
        return refuse(response, 401, fault);
      }
      watch.fits();
      caller.prove();
      // What cannot be kept byte for byte could not be proven later. Slack sends UTF-8 without NULs.
      if (!isUtf8(read.body) || rawBody.includes("\0")) return refuse(response, 400, "malformed");
      const envelope = readEnvelope(rawBody);
      if (envelope.kind === "malformed") return refuse(response, 400, "malformed");
      if (envelope.kind === "challenge") return reply(response, 200, envelope.challenge);
      const { timestamp = "", signature = "" } = signed;
      await dispatcher.dispatch({
        payload: envelope.payload,
        origin: new RequestOrigin({ timestamp, signature, body: rawBody }),
        retryNum: retryNumber(request),
        send: sender(response),
      });
    },
  };

  function refuse(response: ServerResponse, status: number, why: string): void {
    refused.tell(why, status);
    // The rest of a refused body is not read, so the connection cannot be used again.
    response.setHeader("connection", "close");
    reply(response, status, `${why}\n`);
  }
}

function signatureHeaders(request: IncomingMessage): SignatureHeaders {
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
