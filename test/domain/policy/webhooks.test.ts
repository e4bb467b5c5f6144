import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../../src/domain/policy/parse.js";
import { INNER_ADDRESSES, NEVER_REACHED } from "../../webhooks/refused-addresses.js";
import { SOUND, soundPolicy } from "./fixtures.js";

const withWebhook = (text: string): string => `${SOUND}webhooks:\n  - ${text}\n`;
const audit = (url: string, more = ""): string =>
  withWebhook(`{ name: audit, url: ${JSON.stringify(url)}, events: ["bypass.*"]${more} }`);

const messages = (text: string): string[] => {
  const result = parsePolicy(text, "policy.yaml");
  return result.ok ? [] : result.errors.map(({ path, message, nearest }) => `${path}: ${message}${nearest ?? ""}`);
};

describe("a webhook of the policy", () => {
  it("has a name, an address and patterns of events, and reaches only public addresses by default", () => {
    expect(soundPolicy().webhooks).toEqual([]);
    expect(soundPolicy(audit("https://hooks.example.com/breakglass")).webhooks).toEqual([
      { name: "audit", url: "https://hooks.example.com/breakglass", events: ["bypass.*"], allowPrivate: [] },
    ]);
  });

  it.each(["bypass.activated", "review.*", "gate.*", "action.ended", "*"])("may be told of %s", (pattern) => {
    expect(messages(withWebhook(`{ name: a, url: "https://h.example.com", events: ["${pattern}"] }`))).toEqual([]);
  });

  it.each([
    ["bypass.aproved", ""],
    ["bypas.*", "bypass.*"],
    ["bypass.activate", "bypass.activated"],
    ["bot.started", ""],
    ["policy.changed", ""],
    ["webhook.failed", ""],
  ])("may not be told of %s", (pattern, nearest) => {
    const [message] = messages(withWebhook(`{ name: a, url: "https://h.example.com", events: ["${pattern}"] }`));
    expect(message).toContain("webhooks[0].events[0]: expected the name of an event");
    if (nearest !== "") expect(message?.endsWith(nearest)).toBe(true);
  });

  const bracketed = (address: string): string => (address.includes(":") ? `[${address}]` : address);

  it.each([...INNER_ADDRESSES, ...NEVER_REACHED])("may not lead to %s (%s)", (_, address) => {
    expect(messages(audit(`https://${bracketed(address)}/`))).toHaveLength(1);
  });

  it.each([
    ["an address in decimal", "https://2130706433/"],
    ["an address in octal", "https://0177.0.0.1/"],
    ["an address in hex", "https://0x7f000001/"],
    ["an address with a part left out", "https://127.1/"],
    ["a public address in decimal", "https://1572395042/"],
    ["digits of another script", "https://１２７.0.0.1/"],
    ["plain HTTP", "http://hooks.example.com/"],
    ["plain HTTP to an inner network", "http://10.0.0.1/"],
    ["a user", "https://user@hooks.example.com/"],
    ["a user that looks like the host", "https://hooks.example.com:pass@127.0.0.1/"],
    ["a fragment", "https://hooks.example.com/#a"],
    ["a file", "file:///etc/passwd"],
    ["another protocol", "gopher://hooks.example.com/"],
    ["no address", "hooks.example.com"],
  ])("may not lead to %s", (_, url) => {
    const found = messages(audit(url, ", allow_private: [127.0.0.1, 10.0.0.0/8]"));
    expect(found).toHaveLength(1);
    expect(found[0]).not.toContain("pass@");
  });

  it("may lead inside where a range allows it, and over plain HTTP to this machine alone", () => {
    expect(messages(audit("https://10.2.3.4/", ", allow_private: [10.0.0.0/8]"))).toEqual([]);
    expect(messages(audit("https://[fd12::1]/", ", allow_private: ['fd00::/8']"))).toEqual([]);
    expect(messages(audit("http://127.0.0.1:8080/", ", allow_private: [127.0.0.1]"))).toEqual([]);
    expect(messages(audit("https://169.254.169.254/", ", allow_private: [0.0.0.0/0]"))).toHaveLength(1);
  });

  it("has a name of its own, from which that of a variable follows", () => {
    const two = `${audit("https://a.example.com")}  - { name: audit, url: "https://b.example.com", events: ["*"] }\n`;
    expect(messages(two)).toEqual(["webhooks[1].name: expected each name once, found audit a second time"]);
    expect(messages(audit("https://a.example.com").replace("name: audit", "name: au_dit"))).toHaveLength(1);
  });
});
