import { Agent } from "node:http";
import { httpPost } from "./http-post.js";
import type { JsonObject } from "./json.js";
import type { Recorder } from "./recorder.js";
import { signedHeaders } from "./sign.js";
import type { SocketHub } from "./socket-mode.js";
import type { Answer, RequestKind, SentRequest } from "./types.js";

interface Setup {
  readonly signingSecret: string;
  readonly now: () => number;
  readonly signatureNow: () => number;
  readonly answerWithinMs: number;
  readonly recorder: Recorder;
  readonly sockets: SocketHub;
}

/** Retry headers of a repeated delivery. */
export interface Redelivery {
  readonly retryNum?: number;
  readonly retryReason?: string;
}

/** Sends Slack's requests to the bot: signed over HTTP to the given URLs in turn, or else as Socket Mode envelopes. */
export class Delivery {
  readonly #setup: Setup;
  readonly #agent = new Agent({ keepAlive: true });
  #urls: readonly string[] = [];
  #turn = 0;
  #count = 0;

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  connect(urls: readonly string[]): void {
    this.#urls = urls;
  }

  /** Sends one request of this kind, with the payload that the bot's handler gets. */
  deliver(kind: Exclude<RequestKind, "raw">, payload: JsonObject, again: Redelivery = {}): Promise<Answer> {
    if (this.#urls.length === 0) return this.#overSocket(kind, payload, again);
    const rawBody = encode(kind, payload);
    const type = kind === "events_api" ? "application/json" : "application/x-www-form-urlencoded";
    const second = Math.floor(this.#setup.signatureNow() / 1000);
    const headers = {
      "content-type": type,
      "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
      accept: "application/json,*/*",
      ...signedHeaders(this.#setup.signingSecret, second, rawBody),
      ...retryHeaders(again),
    };
    return this.#overHttp(kind, rawBody, headers, payload);
  }

  /** Sends exactly these bytes and headers to the bot, for forged, stale, replayed and oversized requests. */
  sendRaw(rawBody: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
    if (this.#urls.length === 0) throw new Error("A raw request needs an eventsUrl; call connect first.");
    return this.#overHttp("raw", rawBody, headers, {});
  }

  stop(): void {
    this.#agent.destroy();
  }

  #request(
    kind: RequestKind,
    via: "http" | "socket",
    rawBody: string,
    headers: Readonly<Record<string, string>>,
    payload: JsonObject,
  ) {
    this.#count += 1;
    const request: SentRequest = { n: this.#count, kind, via, rawBody, headers, payload, at: this.#setup.now() };
    this.#setup.recorder.add("requests", request);
    return request;
  }

  async #overHttp(
    kind: RequestKind,
    rawBody: string,
    headers: Readonly<Record<string, string>>,
    payload: JsonObject,
  ): Promise<Answer> {
    const url = this.#urls[this.#turn++ % this.#urls.length] ?? "";
    const end = this.#setup.recorder.begin();
    const started = performance.now();
    const request = this.#request(kind, "http", rawBody, headers, payload);
    const result = await httpPost(url, rawBody, headers, this.#setup.answerWithinMs, this.#agent);
    const ms = performance.now() - started;
    const answer =
      "failed" in result
        ? failure(result.failed, ms, request)
        : { status: result.status, body: result.body, ms, request, ...refused(result.status) };
    return this.#finish(answer, end);
  }

  async #overSocket(kind: Exclude<RequestKind, "raw">, payload: JsonObject, again: Redelivery): Promise<Answer> {
    if (this.#setup.sockets.connections === 0) {
      throw new Error("No bot is there: call connect({ eventsUrl }) or start it in Socket Mode first.");
    }
    const end = this.#setup.recorder.begin();
    const started = performance.now();
    const request = this.#request(kind, "socket", JSON.stringify(payload), {}, payload);
    const result = await this.#setup.sockets.send(kind, payload, again.retryNum ?? 0, this.#setup.answerWithinMs);
    const ms = performance.now() - started;
    if ("failed" in result) return this.#finish(failure(result.failed, ms, request), end);
    const empty = Object.keys(result.payload).length === 0;
    return this.#finish({ status: 200, body: empty ? "" : JSON.stringify(result.payload), ms, request }, end);
  }

  #finish(answer: Answer, end: () => void): Answer {
    this.#setup.recorder.add("answers", answer);
    end();
    return answer;
  }
}

function encode(kind: RequestKind, payload: JsonObject): string {
  if (kind === "events_api") return JSON.stringify(payload);
  if (kind === "interactive") return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(payload)) form.append(key, String(value));
  return form.toString();
}

function retryHeaders({ retryNum, retryReason = "http_timeout" }: Redelivery): Record<string, string> {
  return retryNum === undefined ? {} : { "x-slack-retry-num": String(retryNum), "x-slack-retry-reason": retryReason };
}

function failure(failed: "timeout" | "unreachable", ms: number, request: SentRequest): Answer {
  const base = { status: 0, body: "", ms, request };
  if (failed === "timeout") return { ...base, timedOut: true, error: "operation_timeout" };
  return { ...base, error: "dispatch_unreachable" };
}

function refused(status: number): { error?: string } {
  return status >= 200 && status < 300 ? {} : { error: "dispatch_failed" };
}
