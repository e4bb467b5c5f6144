import { expect, test } from "vitest";
import { parsePolicy } from "../../../src/domain/policy/parse.js";
import { createNamedIds } from "../../../src/slack/directory/named-ids.js";
import { tallyLog } from "../../jobs/tally.js";

const POLICY = `
version: 1
alert_channel: "#incidents"
roles:
  engineer: { slack_usergroup: S0ONCALL }
  lead: { slack_users: [U0DANA, U0GONE] }
gates:
  e2e: {}
paths:
  deploy: { who_can_invoke: [engineer], requires: [reason], expires_after: 60m, on_invoke: [record_audit_event, { alert_channel: C0DEPLOY }] }
  hotfix: { who_can_invoke: [lead], requires: [reason], expires_after: 60m }
`;

function inUse({ reachable = true, unknown = [] as readonly string[], fails = false } = {}) {
  const parsed = parsePolicy(POLICY, "p.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const { log, lines } = tallyLog();
  const asked: string[] = [];
  const look = async (id: string): Promise<null> => {
    asked.push(id);
    if (fails) throw new Error("a fault of ours");
    return null;
  };
  const directory = {
    account: look,
    group: look,
    sharing: look,
    reachable: async () => reachable,
    unknownIds: () => unknown,
  };
  const ids = createNamedIds({ directory, policy: { current: () => parsed }, log });
  return { ids, lines, asked };
}

test("Every group, account and channel of the policy is asked for, and those that Slack does not know are logged", async () => {
  const { ids, lines, asked } = inUse({ unknown: ["U0GONE"] });
  ids.lookUp();
  await lines.until((seen) => seen.length > 0);
  expect(asked.sort()).toEqual(["#incidents", "C0DEPLOY", "S0ONCALL", "U0DANA", "U0GONE"]);
  expect(lines.seen).toMatchObject([{ level: "warn", event: "policy.unknown_ids", fields: { ids: ["U0GONE"] } }]);
});

test("An id that Slack does not know and the policy does not name is nobody's typing error", () => {
  const { ids } = inUse({ unknown: ["U0GONE", "U0PASSERBY", "U0DAN"] });
  expect(ids.unknown()).toEqual(["U0GONE"]);
});

test("A token that Slack does not take is told once, with what to check", async () => {
  const { ids, lines } = inUse({ reachable: false });
  ids.lookUp();
  await lines.until((seen) => seen.length > 0);
  expect(lines.seen).toMatchObject([{ level: "warn", event: "slack.unreachable" }]);
});

test("A fault of the look is logged and stops nothing", async () => {
  const { ids, lines } = inUse({ fails: true });
  ids.lookUp();
  await lines.until((seen) => seen.length > 0);
  expect(lines.seen).toMatchObject([{ level: "warn", event: "policy.lookup_failed" }]);
});
