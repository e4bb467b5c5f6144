import { describe, expect, it } from "vitest";
import { readBypassName, splitBypassName } from "../src/domain/events/names.js";
import { parseReminder, parseSpan } from "../src/domain/policy/durations.js";
import { parsePolicy } from "../src/domain/policy/parse.js";
import { cleanText } from "../src/domain/text/clean.js";
import { nearestWord } from "../src/domain/text/nearest.js";
import { redact } from "../src/lib/safe-to-log.js";
import { plain, plainLines } from "../src/slack/block-kit/escape.js";
import { mention } from "../src/slack/block-kit/mentions.js";
import { asTyped, isLogLine, withoutLogMark } from "../src/slack/interactions/log-line.js";
import { splitSubcommand } from "../src/slack/interactions/payloads.js";

/** What meets text from outside before, or without, a check of its length. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  "the name of a bypass": readBypassName,
  "the name of a bypass before a line": splitBypassName,
  "a subcommand": splitSubcommand,
  "the mark of a log line": (text) => isLogLine(text) && withoutLogMark(text),
  "Slack's markup": asTyped,
  "typed text": cleanText,
  "a span": parseSpan,
  "a reminder": parseReminder,
  "a mistyped word": (text) => nearestWord(text, ["status", "show"]),
  "a line of a message": plain,
  "lines of a message": plainLines,
  "a mention": mention,
  "what is logged": redact,
};

const LENGTH = 60_000;
const PIECES = [
  ..." .-–/\\:#\"'(<[{*_~@!0aA\n\t",
  "<https://",
  "<https://a|",
  "<mailto:a",
  "<#A|",
  "<!subteam^A|",
  "<@",
  "log:",
  "BG ",
  "1 before ",
  "https://a?",
  "SSL ",
];
const ENDS = ["", "x", "\n."];

describe("a text of 60,000 characters from outside", () => {
  // Linear, each takes milliseconds; quadratic, seconds.
  it.each(Object.entries(READERS))("is read at once where %s is expected", (_, read) => {
    const texts = PIECES.flatMap((piece) => ENDS.map((end) => piece.repeat(LENGTH / piece.length) + end));
    const slow = texts.find((text) => milliseconds(() => read(text)) > 600);
    expect(slow?.slice(0, 20)).toBeUndefined();
  });
});

describe("a policy file that is made to be slow", () => {
  const many = (line: (index: number) => string): string =>
    Array.from({ length: 12_000 }, (_, index) => line(index)).join("\n");

  it.each([
    ["a long key over many items", `${"k".repeat(100_000)}: [${"a,".repeat(70_000)}a]`],
    ["many unknown keys", many((index) => `unknown_key_${index}: 1`)],
    ["many unknown gates", `gates:\n${many((index) => `  gate_${index}: { x: 1 }`)}`],
    ["many aliases", `a: &a [x]\nb: [${"*a,".repeat(20_000)}*a]`],
    ["many colons", ":".repeat(100_000)],
    ["many question marks", "? ".repeat(40_000)],
    ["many open brackets", "[".repeat(60_000)],
    ["many dashes", "- ".repeat(100_000)],
    ["a long quoted line", `a: "${"\\u0041 ".repeat(30_000)}`],
    ["more than a file may have", "a".repeat(1_000_000)],
  ])("is refused at once: %s", (_, text) => {
    expect(milliseconds(() => expect(parsePolicy(text, "policy.yaml").ok).toBe(false))).toBeLessThan(5_000);
  });
});

/** Time on the processor, because other processes may share it. */
function milliseconds(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  return process.cpuUsage(before).user / 1_000;
}
