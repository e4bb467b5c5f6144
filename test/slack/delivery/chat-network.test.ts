import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createChat } from "../../../src/slack/delivery/chat.js";
import { attemptIf } from "../../../src/slack/delivery/classify.js";
import { createWebClient } from "../../../src/slack/delivery/web-client.js";
import type { AroundCall } from "../../../src/slack/pacing/pace.js";
import { stillMine } from "../../support/alive.js";
import { policySource, recordIn } from "../messages/fixtures.js";

/** Guards against a call that hangs; a loaded machine may take seconds to answer. */
const TIMEOUT_MS = 20_000;

describe("createChat behind a faulty network", () => {
  let server: Server;
  let answer: (body: string, headers?: Record<string, string>, status?: number) => void;
  let apiUrl: string;
  beforeEach(async () => {
    let next = { body: "", headers: {} as Record<string, string>, status: 200 };
    answer = (body, headers = {}, status = 200) => {
      next = { body, headers, status };
    };
    server = createServer((request, response) => {
      request.resume();
      response.writeHead(next.status, next.headers).end(next.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  });
  afterEach(() => new Promise<void>((resolve) => void server.close(() => resolve())));

  const update = (url: string) => {
    const nowhere = { sharing: async () => false, channelId: async (id: string) => id, home: async () => null };
    const client = createWebClient({ token: "xoxb-none", apiUrl: url, timeoutMs: TIMEOUT_MS });
    return createChat({ client, directory: nowhere, policy: policySource() }).update({
      message: "alert",
      at: { channel: "C0INC", ts: "1782136931.000100", outboxId: "row-1" },
      record: recordIn("requested"),
      stillMine,
    });
  };

  test("an answer that is not JSON is ambiguous", async () => {
    answer("<html>proxy error</html>");
    expect(await update(apiUrl)).toMatchObject({ ok: false, kind: "ambiguous" });
  });

  test("a rate limit without Retry-After defers the update by 30 seconds", async () => {
    answer("", {}, 429);
    expect(await update(apiUrl)).toMatchObject({ ok: false, kind: "later", retryAfterMs: 30_000 });
  });

  test("a rate limit is reported with the name of its method, for the metrics", async () => {
    answer("", { "retry-after": "30" }, 429);
    const limited: string[] = [];
    const onRateLimited = (method: string): void => void limited.push(method);
    const client = createWebClient({ token: "xoxb-none", apiUrl, timeoutMs: TIMEOUT_MS, onRateLimited });
    await expect(client.users.info({ user: "U0DANA" })).rejects.toThrow();
    await expect(client.apiCall("made.up.somewhere")).rejects.toThrow();
    expect(limited).toEqual(["users.info", "other"]);
  });

  test("a host name that does not resolve defers the update", async () => {
    expect(await update("http://slack.invalid/api/")).toMatchObject({ ok: false, kind: "later" });
  });
});

test("a call whose claim is lost while it waits for its turn is not sent", async () => {
  let mine = true;
  const around: AroundCall = async (_call, perform) => {
    mine = false;
    return perform();
  };
  // Nothing listens there: a call that is sent fails otherwise.
  const client = createWebClient({
    token: "xoxb-none",
    apiUrl: "http://127.0.0.1:1/api/",
    timeoutMs: TIMEOUT_MS,
    around,
  });
  const post = attemptIf(
    () => mine,
    () => client.chat.postMessage({ channel: "C0INC", text: "" }),
  );
  expect(await post).toMatchObject({ kind: "later", code: "taken_over" });
});
