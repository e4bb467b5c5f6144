import { readBypassName, splitBypassName } from "../../domain/events/names.js";
import type { AskedWhat } from "../../domain/verify/origins/asked.js";
import { readRedaction } from "../bypass/redact.js";
import { asTyped, withoutLogMark } from "../interactions/log-line.js";
import { splitSubcommand, type ThreadReply } from "../interactions/payloads.js";

/** What a slash command asks for; `null` for one that only shows something. */
export function askedByCommand(text: string): AskedWhat | null {
  const { name, rest } = splitSubcommand(text);
  if (name === "close") {
    const n = readBypassName(rest);
    return n === null ? null : { act: "close", about: { kind: "bypass", n, identity: null }, texts: {}, fields: {} };
  }
  if (name === "log") {
    const named = splitBypassName(rest);
    if (named === null) return null;
    const about = { kind: "bypass", n: named.n, identity: null } as const;
    return { act: "log", about, texts: { line: named.rest }, fields: { via: ["command"] } };
  }
  const redaction = name === "redact" ? readRedaction(rest) : null;
  if (redaction === null) return null;
  const { seq, what, why } = redaction;
  const field = what === "target" ? ["target_typed", "target_key"] : [what];
  return { act: "redact", about: { kind: "other" }, texts: { reason: why }, fields: { seq: [seq], field } };
}

/** What a reply in an alert's thread asks for. */
export function askedByThread({ channel, threadTs, text }: ThreadReply): AskedWhat {
  const about = { kind: "thread", channel, ts: threadTs } as const;
  return { act: "log", about, texts: { line: withoutLogMark(asTyped(text)) }, fields: { via: ["thread"] } };
}
