import { isAddress, isReachable } from "../../../lib/inner-addresses.js";
import { type FilePath, type Finding, rawGet, rawList, rawText } from "../findings.js";

/** Reports webhooks of one name, and addresses to which nothing may be sent. */
export function webhookFindings(file: unknown): Finding[] {
  const names = new Set<string>();
  return rawList(rawGet(file, "webhooks")).flatMap((webhook, index): Finding[] => {
    const findings: Finding[] = [];
    const wrong = (key: string, message: string): void => {
      const path: FilePath = ["webhooks", index, key];
      findings.push({ path, at: "value", message });
    };
    const name = rawText(rawGet(webhook, "name"));
    if (name !== null && names.has(name)) wrong("name", `expected each name once, found ${name} a second time`);
    if (name !== null) names.add(name);
    const url = rawText(rawGet(webhook, "url"));
    const allowed = rawList(rawGet(webhook, "allow_private")).filter((range) => typeof range === "string");
    const fault = url === null ? null : urlFault(url, allowed);
    if (fault !== null) wrong("url", fault);
    return findings;
  });
}

/**
 * What is wrong with the address of a webhook, never repeating it, because people put keys into such addresses. A name is
 * checked again when it is resolved.
 */
function urlFault(text: string, allowed: readonly string[]): string | null {
  if (!URL.canParse(text)) return "expected an address that starts with https://, found none";
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username !== "" || password !== "") return "expected no user and password in the address: deliveries are signed";
  if (hash !== "" || text.includes("#")) return "expected no fragment (#…) in the address: it is never sent";
  const host = hostname.replace(/^\[|\]$/g, "");
  // `2130706433`, `0x7f.1` and `127.1` are the address 127.0.0.1.
  if (!text.toLowerCase().includes(hostname)) return `expected the host as it is resolved, ${hostname}`;
  if (isAddress(host) && !isReachable(host, allowed)) {
    return `expected a public address, or one that allow_private allows and that is no link-local one, found ${host}`;
  }
  const isHere = isAddress(host) && /^(?:127\.|::1$)/.test(host);
  if (protocol !== "https:" && !(protocol === "http:" && isHere)) {
    return "expected an address that starts with https:// (http:// only for 127.0.0.1 with allow_private)";
  }
  return null;
}
