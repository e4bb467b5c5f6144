import { afterEach, describe, expect, it, test } from "vitest";
import type { Route } from "../../../src/lib/route.js";
import { PORT_LIMITS, type PortLimits } from "../../../src/slack/transport/limits.js";
import { commandBody, declaredWithoutForm, FORM, gate, openTestApp, type TestApp } from "../../support/slack-app.js";
import { answered, headOf, holdOpen, leave, openStranger, type Stranger } from "../../support/strangers.js";

const FRESH = () => String(Math.floor(Date.now() / 1000));
/** Looks like a signature, and is none. */
const FORGED = `x-slack-signature: v0=${"a".repeat(64)}`;
const SIGNED_LOOKS = () => [FORGED, `x-slack-request-timestamp: ${FRESH()}`];

let testApp: TestApp;
let closedFor: string[];
const held: Stranger[] = [];
afterEach(async () => {
  leave(held.splice(0));
  await testApp.close();
});

async function openWith(limits: Partial<PortLimits>, routes?: readonly Route[]): Promise<void> {
  closedFor = [];
  testApp = await openTestApp({
    app: {
      limits: { ...PORT_LIMITS, ...limits },
      onConnectionClosed: (why) => closedFor.push(why),
      ...(routes === undefined ? {} : { routes }),
    },
  });
}

const stranger = async (head = "", from?: string): Promise<Stranger> => {
  const opened = await openStranger(testApp.port, head, from);
  held.push(opened);
  return opened;
};

const strangers = async (count: number, from?: string): Promise<Stranger[]> => {
  const opened = await holdOpen(testApp.port, count, from);
  held.push(...opened);
  return opened;
};

/** A connection on which Slack has sent a command. */
const slackAt = async (from?: string): Promise<Stranger> => {
  const body = commandBody("help");
  const headers = Object.entries({ ...FORM, ...testApp.slack.sign(body), "content-length": body.length });
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const slack = await stranger(`${headOf("/slack/events", "POST", lines)}${body}`, from);
  expect(await answered(slack)).toMatch(/^HTTP\/1.1 200/);
  return slack;
};

const isOpen = async (one: Stranger): Promise<boolean> => {
  const before = one.got().length;
  one.socket.write(headOf("/healthz"));
  await testApp.slack.until(() => one.isClosed() || one.got().length > before, "an answer or the end", 5_000);
  return !one.isClosed();
};

describe("when an address has all of its connections", () => {
  it("the one that has waited longest gives way to the new one, and one line tells of it", async () => {
    await openWith({ connectionsPerAddress: 5 });
    const all = await strangers(25);
    await Promise.all(all.slice(0, 20).map(({ closed }) => closed));
    expect(await Promise.all(all.slice(20).map(isOpen))).toEqual(Array(5).fill(true));
    expect(closedFor).toEqual(Array(20).fill("address_full"));
    const lines = testApp.logs.filter(({ event }) => event === "http.connections_closed");
    expect(lines.map(({ fields }) => fields)).toEqual([{ why: "address_full", from: "127.0.0.1", open: 5 }]);
  });

  it("one that Slack has used goes last, although a proxy gives strangers the same address", async () => {
    await openWith({ connectionsPerAddress: 5 });
    const slack = await slackAt();
    await strangers(25);
    expect(await isOpen(slack)).toBe(true);
  });

  it("one on which Slack waits for an answer is never closed, and the new one is refused instead", async () => {
    await openWith({ connectionsPerAddress: 1 });
    await declaredWithoutForm(testApp);
    const slow = gate();
    const reached = gate();
    testApp.before = async (call) => {
      if (call !== "commit") return;
      reached.open();
      await slow.wait;
    };
    const answer = testApp.slack.as("U0ADA").command("log BG-1 restarted the queue");
    await reached.wait;
    await (await stranger()).closed;
    slow.open();
    expect((await answer).status).toBe(200);
    expect(closedFor).toContain("address_full");
  });
});

describe.runIf(process.platform === "linux")("when the port has all of its connections", () => {
  it("the address with the most of them gives way, so that a probe from elsewhere keeps its own", async () => {
    await openWith({ connections: 20 });
    const probe = await stranger(headOf("/healthz"), "127.0.0.9");
    await answered(probe);
    const flood = await strangers(30, "127.0.0.2");
    const other = await stranger(headOf("/healthz"), "127.0.0.3");
    expect(await answered(other)).toMatch(/^HTTP\/1.1 200/);
    expect(await isOpen(probe)).toBe(true);
    expect(flood.filter((one) => one.isClosed()).length).toBeGreaterThanOrEqual(12);
    expect(new Set(closedFor)).toEqual(new Set(["port_full"]));
  });

  it("a flood of one connection per address does not reach a new connection of an address that Slack has used", async () => {
    await openWith({ connections: 20, headMs: 60_000, requestMs: 60_000 });
    leave([await slackAt("127.0.0.200")]);
    const slack = await stranger("", "127.0.0.200");
    for (let n = 1; n <= 60; n += 1) await strangers(1, `127.0.1.${n}`);
    expect(await isOpen(slack)).toBe(true);
  });

  it("a flood through the address that Slack uses does not push out a probe from elsewhere", async () => {
    await openWith({ connections: 300 });
    await slackAt("127.0.0.200");
    const [probe, second] = await strangers(2, "127.0.0.9");
    await strangers(600, "127.0.0.200");
    expect([probe?.isClosed(), second?.isClosed()]).toEqual([false, false]);
  });
});

describe("a slow sender", () => {
  it.each([
    ["a head", "GET /healthz HTTP/1.1\r\nhost: b"],
    ["nothing at all", ""],
  ])("of %s is cut", async (_what, head) => {
    await openWith({ headMs: 100 });
    const slow = await stranger(head);
    await slow.closed;
    expect(slow.got()).toMatch(/^HTTP\/1.1 408/);
    expect(closedFor).toEqual(["slow"]);
  });

  it("of a body is cut", async () => {
    await openWith({ headMs: 100, requestMs: 200 });
    const slow = await stranger(headOf("/slack/events", "POST", [...SIGNED_LOOKS(), "content-length: 5000"]));
    slow.socket.write("text=");
    await slow.closed;
    expect(slow.got()).toMatch(/^HTTP\/1.1 408/);
    expect(closedFor).toEqual(["slow"]);
  });
});

describe("a request that is too much", () => {
  it("(a flood of requests before the first answer) is cut, and only some of them are begun", async () => {
    let begun = 0;
    const never: Route = {
      method: "GET",
      path: "/never",
      handle: () => {
        begun += 1;
        return new Promise(() => {});
      },
    };
    await openWith({}, [never]);
    const flood = await stranger(headOf("/never").repeat(2_000));
    await flood.closed;
    expect(begun).toBe(PORT_LIMITS.unanswered);
    expect(closedFor).toEqual(["unanswered"]);
  });

  it("(a head of 20 KB) is refused with 431", async () => {
    await openWith({});
    const large = await stranger(headOf("/healthz", "GET", [`x: ${"x".repeat(20_000)}`]));
    await large.closed;
    expect(large.got()).toMatch(/^HTTP\/1.1 431/);
    expect(closedFor).toEqual(["large_head"]);
  });

  it("(no HTTP) is refused with 400", async () => {
    await openWith({});
    const tls = await stranger("\x16\x03\x01\x02\x00");
    await tls.closed;
    expect(tls.got()).toMatch(/^HTTP\/1.1 400/);
    expect(closedFor).toEqual(["malformed"]);
  });

  it("(a GET or an unknown path with a body) is answered, and its body is not waited for", async () => {
    await openWith({});
    for (const [path, method, status] of [
      ["/healthz", "GET", 200],
      ["/elsewhere", "POST", 404],
    ] as const) {
      const one = await stranger(headOf(path, method, ["content-length: 1000000"]));
      await one.closed;
      expect(one.got()).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
    }
  });

  it("(a body far larger than what is read) is given up", async () => {
    await openWith({ discardedBytes: 10_000 });
    const large = await stranger(headOf("/slack/events", "POST", ["content-length: 50000000"]));
    const write = (): void => {
      while (!large.isClosed() && large.socket.write("x".repeat(10_000)));
    };
    large.socket.on("drain", write);
    write();
    await large.closed;
    expect(closedFor).toEqual(["large_body"]);
  });
});

test("bodies that are too much together cost the largest its connection, and Slack's command is answered", async () => {
  await openWith({ heldBodyBytes: 100_000 });
  const post = () => headOf("/slack/events", "POST", [...SIGNED_LOOKS(), "content-length: 200000"]);
  const smaller = await stranger(`${post()}${"x".repeat(40_000)}`);
  const larger = await stranger(`${post()}${"x".repeat(90_000)}`);
  await larger.closed;
  expect(closedFor).toEqual(["large_body"]);
  await slackAt();
  expect(smaller.isClosed()).toBe(false);
});

test("a body without a valid timestamp and signature is not kept, however many send one", async () => {
  await openWith({ heldBodyBytes: 20_000 });
  const post = headOf("/slack/events", "POST", ["content-length: 50000"]);
  const unsigned = await Promise.all(Array.from({ length: 20 }, () => stranger(`${post}${"x".repeat(50_000)}`)));
  for (const one of unsigned) expect(await answered(one)).toMatch(/^HTTP\/1.1 401/);
  expect(closedFor).toEqual([]);
});
