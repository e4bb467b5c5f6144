import { formatDuration, parseDuration } from "../durations.js";
import { describeFound, type FilePath, type Finding, isRawMap, rawGet, rawList, rawMap, rawText } from "../findings.js";
import { ACK_DEFAULTS } from "../schema/ack-and-review.js";

/** Checks the rules between the keys of a path, and between a path and the rest of the file. */
export function pathFindings(file: unknown): Finding[] {
  return Object.entries(rawMap(rawGet(file, "paths"))).flatMap(([id, path]) => {
    if (!isRawMap(path)) return [];
    const at: FilePath = ["paths", id];
    return [
      ...gatesFindings(path, at, file),
      ...requiresFindings(path, at),
      ...invokeFindings(path, at, file),
      ...escalationFindings(rawGet(path, "ack"), [...at, "ack"]),
    ];
  });
}

function gatesFindings(path: unknown, at: FilePath, file: unknown): Finding[] {
  const gates = rawMap(rawGet(file, "gates"));
  const reasonOf = (gate: unknown) => rawText(rawGet(gate, "never_bypass"));
  if (rawGet(path, "gates") === undefined) {
    const all = Object.values(gates);
    if (all.length === 0 || all.some((gate) => rawGet(gate, "never_bypass") === undefined)) return [];
    const message = "expected a gate that may be bypassed, found none: every gate of this file has never_bypass";
    return [{ path: at, at: "key", message }];
  }
  return rawList(rawGet(path, "gates")).flatMap((name, index): Finding[] => {
    const reason = typeof name === "string" ? reasonOf(rawGet(gates, name)) : null;
    if (reason === null) return [];
    const message = `expected a gate that may be bypassed, found ${describeFound(name)}, which never is: ${reason}`;
    return [{ path: [...at, "gates", index], at: "value", message }];
  });
}

function requiresFindings(path: unknown, at: FilePath): Finding[] {
  const requires = rawGet(path, "requires");
  if (!Array.isArray(requires) || requires.length === 0) return [];
  const findings: Finding[] = [];
  if (!requires.includes("reason")) {
    const message = "expected reason among what is required, found none: no bypass goes without its why";
    findings.push({ path: [...at, "requires"], at: "value", message });
  }
  const needed = rawGet(rawGet(path, "ack"), "needed");
  if (typeof needed === "number" && needed > 1 && !requires.includes("second_person_ack")) {
    const message = `expected second_person_ack in requires where ${needed} acks are needed, found none: nobody would be asked`;
    findings.push({ path: [...at, "ack", "needed"], at: "value", message });
  }
  return findings;
}

function invokeFindings(path: unknown, at: FilePath, file: unknown): Finding[] {
  const items = rawList(rawGet(path, "on_invoke"));
  const findings: Finding[] = [];
  // Any text counts here: one other than `record_audit_event` is mistyped, and the schema reports it.
  if (items.length > 0 && !items.some((item) => typeof item === "string")) {
    const message = "expected record_audit_event among the items, found none: every bypass is recorded";
    findings.push({ path: [...at, "on_invoke"], at: "value", message });
  }
  const seen = new Set<string>();
  items.forEach((item, index) => {
    const key = Object.keys(rawMap(item))[0];
    if (key === undefined) return;
    const same = items.findIndex((other) => JSON.stringify(other) === JSON.stringify(item));
    if (seen.has(key) && same === index) {
      findings.push({
        path: [...at, "on_invoke", index],
        at: "value",
        message: `expected one ${key}, found a second one`,
      });
    }
    seen.add(key);
  });
  const hasChannel = rawGet(file, "alert_channel") !== undefined || seen.has("alert_channel");
  if (!hasChannel) {
    const message =
      "expected alert_channel at the top of the file or in on_invoke, found neither: nobody would hear of it";
    findings.push({ path: at, at: "key", message });
  }
  return findings;
}

/** Each step must be later than the one before, and the last one must come before the request ends. */
function escalationFindings(ack: unknown, at: FilePath): Finding[] {
  const seconds = (value: unknown) => parseDuration(rawText(value) ?? "");
  const giveUp = rawGet(ack, "give_up_after") ?? ACK_DEFAULTS.give_up_after;
  const alone = rawGet(ack, "alone_after") ?? ACK_DEFAULTS.alone_after;
  const findings: Finding[] = [];
  let before = 0;
  rawList(rawGet(ack, "escalate")).forEach((step, index, steps) => {
    const after = seconds(rawGet(step, "after"));
    if (after === null) return;
    const place: FilePath = [...at, "escalate", index, "after"];
    const found = `found ${describeFound(rawGet(step, "after"))}`;
    if (before > 0 && after <= before) {
      const message = `expected a time after that of the step before (${formatDuration(before)}), ${found}`;
      findings.push({ path: place, at: "value", message });
    }
    for (const [key, end] of Object.entries({ give_up_after: giveUp, alone_after: alone })) {
      const endSeconds = seconds(end);
      if (index < steps.length - 1 || endSeconds === null || after < endSeconds) continue;
      const message = `expected the last step before ${key} (${end}), ${found}: it would never be paged in time`;
      findings.push({ path: place, at: "value", message });
      break;
    }
    before = after;
  });
  const aloneSeconds = seconds(alone);
  const giveUpSeconds = seconds(giveUp);
  if (aloneSeconds !== null && giveUpSeconds !== null && aloneSeconds >= giveUpSeconds) {
    const message = `expected a time before give_up_after (${giveUp}), found ${describeFound(alone)}: the request would have lapsed`;
    findings.push({ path: [...at, "alone_after"], at: "value", message });
  }
  return findings;
}
