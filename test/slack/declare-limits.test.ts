import { expect, test } from "vitest";
import { validateView } from "../../demo/slack/index.js";
import { parsePolicy } from "../../src/domain/policy/parse.js";
import { declareView, emptyDraft } from "../../src/slack/declare/view.js";

test("the declare modal stays within Slack's limits with a hundred long gates and paths", () => {
  const long = (what: string, n: number) => `${what}-${n}-${"x".repeat(50)}`;
  const gates = Array.from(
    { length: 99 },
    (_, n) =>
      `  ${long("gate", n)}: { title: "${"T".repeat(72)}${`${n}`.padStart(3, "0")}", instead: "${"do this & that <first> ".repeat(12)}" }`,
  );
  const never = `  never: { never_bypass: "${"because & ".repeat(29)}" }`;
  const paths = Array.from(
    { length: 100 },
    (_, n) =>
      `  ${long("path", n)}: { when: "${"w & ".repeat(240)}", who_can_invoke: [r], requires: [reason], expires_after: 24h }`,
  );
  const text = [
    "version: 1",
    'alert_channel: "#i"',
    "roles: { r: { slack_users: [U0ADA] } }",
    "gates:",
    ...gates,
    never,
    "paths:",
    ...paths,
  ].join("\n");
  const parsed = parsePolicy(text, "large.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors.slice(0, 3)));
  const all = Object.keys(parsed.policy.paths);
  const modal = declareView(parsed.policy, all, emptyDraft(all[0] ?? ""));
  expect(validateView(modal, "modal")).toEqual([]);
});
