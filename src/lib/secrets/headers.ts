import { GAP, likely, QUOTE, surely } from "./names.js";
import { looksNamed } from "./randomness.js";
import type { Match, Rule } from "./rule.js";
import { isMixed, NOT_A_VALUE } from "./values.js";

/* Secrets in addresses and in headers of HTTP. */

/** A user and a password before the host of an address. */
function judgeAddress({ groups: [whole, user = "", password = ""], text, index }: Match): boolean {
  const host = text.slice(index + (whole ?? "").length);
  const isSample = NOT_A_VALUE.test(password) || password === user;
  return !isSample && !/^(?:localhost|127\.|example\.|host\b)/i.test(host);
}

const judgeHeader = ({ secret }: Match): boolean => isMixed(secret) && !looksNamed(secret);

/** The id of a request or a tenant, not of a session. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const HEADERS_AND_ADDRESSES: readonly Rule[] = [
  surely(
    "password in an address",
    ["://"],
    String.raw`(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/([^\s/:@]{0,100}):([^\s/@]{3,200})@`,
    2,
    judgeAddress,
  ),
  surely(
    "authorization header",
    ["bearer", "basic"],
    "(?<![a-z0-9])(?:bearer|basic)[ \\t]{1,4}([A-Za-z0-9._~+/=-]{16,600})",
    1,
    judgeHeader,
  ),
  surely(
    "authorization header",
    ["authorization", "api-key", "token"],
    `(?:authorization|(?:x-)?(?:api-key|auth-token))${QUOTE}${GAP}[:=]${GAP}${QUOTE}(?:[A-Za-z]{1,20}[ \\t]{1,4})?(?:token=)?${QUOTE}([A-Za-z0-9._~+/=-]{16,600})`,
    1,
    judgeHeader,
  ),
  surely(
    "password of a command",
    ["curl", "wget", "http"],
    String.raw`(?:curl|wget|https?)(?=[ \t])[^\n]{0,300}?[ \t](?:-u|--user|-U|--proxy-user|-a|--auth)[ =]?["']?[^\s:"'$]{1,100}:([^\s"']{3,200})`,
    1,
    ({ secret }) => !NOT_A_VALUE.test(secret),
  ),
  likely(
    "session cookie",
    ["cookie"],
    `cookie${QUOTE}${GAP}:${GAP}[^\\n]{0,200}?(?<![A-Za-z0-9])[\\w.-]{0,40}(?:sess|sid|auth|token|jwt|remember|login)[\\w.-]{0,40}=([A-Za-z0-9%._~+/:=-]{16,600})`,
    1,
    ({ secret }) => isMixed(secret) && !UUID.test(secret),
  ),
  likely(
    "session cookie",
    ["sessid", "sessionid", "_session", ".sid"],
    "(?:jsessionid|phpsessid|sessionid|connect\\.sid|_session)=([A-Za-z0-9%._~+/:=-]{16,600})",
    1,
    ({ secret }) => isMixed(secret) && !UUID.test(secret),
  ),
  likely(
    "key or token",
    ["?", "&"],
    "[?&](?:api_?key|key|code|auth|sas|token|secret)=([A-Za-z0-9%._~+/=-]{20,600})",
    1,
    ({ secret }) => isMixed(secret) && !UUID.test(secret) && !looksNamed(secret),
  ),
];
