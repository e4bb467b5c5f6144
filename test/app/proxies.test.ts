import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/app/config.js";
import { FaultyConfiguration } from "../../src/lib/errors.js";

const GOOD = { SLACK_BOT_TOKEN: "xoxb-1-abc", SLACK_SIGNING_SECRET: "s3cret" };

function proxiesOf(env: Readonly<Record<string, string>>) {
  const { https, http, except } = readConfig({ ...GOOD, ...env }).proxy;
  return { https: https?.reveal() ?? null, http: http?.reveal() ?? null, except };
}

describe("the proxies of the environment", () => {
  test.each([
    ["none", {}, { https: null, http: null, except: [] }],
    ["HTTPS_PROXY", { HTTPS_PROXY: "http://p:1" }, { https: "http://p:1", http: null, except: [] }],
    ["small letters first", { HTTPS_PROXY: "http://p:1", https_proxy: "http://q:2" }, { https: "http://q:2" }],
    ["HTTP_PROXY for both", { HTTP_PROXY: "http://p:1" }, { https: "http://p:1", http: "http://p:1" }],
    ["ALL_PROXY as the last choice", { all_proxy: "http://p:1" }, { https: "http://p:1", http: null }],
    ["no scheme", { HTTPS_PROXY: " proxy.corp:3128 " }, { https: "http://proxy.corp:3128" }],
    ["a proxy behind TLS", { HTTPS_PROXY: "https://p:8443" }, { https: "https://p:8443" }],
    ["blank", { HTTPS_PROXY: " ", http_proxy: "" }, { https: null, http: null }],
    [
      "a desktop's ALL_PROXY beside HTTPS_PROXY",
      { ALL_PROXY: "socks://p:1", HTTPS_PROXY: "http://q:2" },
      { https: "http://q:2" },
    ],
    [
      "NO_PROXY with commas and spaces",
      { NO_PROXY: ".corp, db.internal:5432 10.0.0.7" },
      { except: [".corp", "db.internal:5432", "10.0.0.7"] },
    ],
  ])("are read: %s", (_what, env: Record<string, string>, expected) => {
    expect(proxiesOf(env)).toMatchObject(expected);
  });

  test.each([
    ["HTTPS_PROXY", "socks5://proxy:1080", /names a socks5:\/\/ proxy/],
    ["https_proxy", "http://bot:hali%but@proxy:3128", /write it as %25/],
    ["HTTP_PROXY", "http://bot:hali/but@proxy:3128", /is not an address such as/],
    ["ALL_PROXY", "http://halibut@proxy:3128", /a user without a password/],
  ])("are refused by name, without their value: %s=%s", (name, value, words) => {
    const start = () => proxiesOf({ [name]: value });
    expect(start).toThrow(FaultyConfiguration);
    expect(start).toThrow(words);
    expect(start).toThrow(new RegExp(`- ${name} `));
    expect(start).not.toThrow(/hali/);
  });
});
