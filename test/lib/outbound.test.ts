import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createOutbound, type ProxyConfig } from "../../src/lib/outbound.js";
import { Secret } from "../../src/lib/secret.js";
import { type ConnectProxy, openConnectProxy } from "../support/outbound/connect-proxy.js";
import { openService, type Service } from "../support/pagers/service.js";

let service: Service;
let proxy: ConnectProxy;
const lines: (readonly [string, Record<string, unknown> | undefined])[] = [];

beforeAll(async () => {
  service = await openService(() => ({ status: 200, json: { ok: true } }));
  proxy = await openConnectProxy((host) => (host.endsWith(".test") ? Number(new URL(service.base).port) : null));
});
beforeEach(() => {
  lines.length = 0;
});
afterAll(async () => {
  await service.stop();
  await proxy.stop();
});

const record = (event: string, fields?: Record<string, unknown>): void => void lines.push([event, fields]);
const events = (): string[] => lines.map(([event]) => event);

function outboundWith(config: Partial<Record<"https" | "http", string>>, except: readonly string[] = []) {
  const secret = (address: string | undefined) => (address === undefined ? null : new Secret(address));
  const proxies: ProxyConfig = { https: secret(config.https), http: secret(config.http), except };
  return createOutbound(proxies, { info: record, warn: record }, (kind) => `see to the ${kind}`);
}

/** The hosts that the proxy was asked for by one call. A call that goes straight to a name under `.test` fails. */
async function askedFor(url: string, except: readonly string[]): Promise<readonly string[]> {
  const before = proxy.tunnels.length;
  await outboundWith({ http: `http://${proxy.address}` }, except)
    .fetch(url)
    .catch(() => {});
  return proxy.tunnels.slice(before).map(({ host }) => host);
}

describe("NO_PROXY", () => {
  test.each([
    ["nothing", [], true],
    ["another name", ["example.com"], true],
    ["the name", ["a.corp.test"], false],
    ["its domain", ["corp.test"], false],
    ["its domain with a dot", [".corp.test"], false],
    ["its domain with a star", ["*.corp.test"], false],
    ["the end of a word", ["orp.test"], true],
    ["another port of the name", ["a.corp.test:8443"], true],
    ["its port", ["a.corp.test:80"], false],
    ["everything", ["*"], false],
    ["everything, among others", ["example.com", "*"], false],
  ] as const)("with %s", async (_what, except, proxied) => {
    expect(await askedFor("http://a.corp.test/", except)).toEqual(proxied ? ["a.corp.test"] : []);
  });

  test("always holds for this machine", async () => {
    const outbound = outboundWith({ http: `http://${proxy.address}` });
    const before = proxy.tunnels.length;
    expect((await outbound.fetch(service.base)).status).toBe(200);
    expect(proxy.tunnels.length).toBe(before);
  });
});

describe("what stands in the way", () => {
  test("is the proxy that refuses, said once per host until a call gets out", async () => {
    const outbound = outboundWith({ http: `http://${proxy.address}` });
    const call = () => outbound.fetch("http://nowhere.example/");
    for (let i = 0; i < 3; i += 1) await expect(call()).rejects.toMatchObject({ cause: { code: "PROXY_REFUSED" } });
    expect(outbound.trouble()).toEqual(["proxy: nowhere.example"]);
    expect(events()).toEqual(["outbound.proxy", "outbound.failed"]);
    expect(lines[1]?.[1]).toMatchObject({ host: "nowhere.example", code: "proxy_502" });
    await outbound.fetch("http://a.corp.test/");
    expect(outbound.trouble()).toEqual(["proxy: nowhere.example"]);
  });

  test("is a proxy that does not answer or has no such name, and is over when it does", async () => {
    const stopped = await openConnectProxy(() => null);
    await stopped.stop();
    const closed = outboundWith({ http: `http://${stopped.address}` });
    await expect(closed.fetch("http://a.corp.test/")).rejects.toThrow();
    expect(closed.trouble()).toEqual(["proxy: a.corp.test"]);
    const unknown = outboundWith({ http: "http://no-such-proxy.test:3128" });
    await expect(unknown.fetch("http://a.corp.test/")).rejects.toThrow();
    expect(unknown.trouble()).toEqual(["proxy: a.corp.test"]);
    proxy.demand("a:b");
    const refused = outboundWith({ http: `http://${proxy.address}` });
    await expect(refused.fetch("http://a.corp.test/")).rejects.toThrow();
    proxy.demand(null);
    await refused.fetch("http://a.corp.test/");
    expect(refused.trouble()).toEqual([]);
    expect(events().at(-1)).toBe("outbound.recovered");
  });

  test("is nothing when the service itself is away", async () => {
    const direct = outboundWith({});
    await expect(direct.fetch("http://127.0.0.1:9/")).rejects.toThrow();
    expect(direct.trouble()).toEqual([]);
    expect(direct.dispatcher).toBeNull();
    expect(events()).toEqual([]);
  });
});
