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
people:
  dana: { slack: [U0DANA, W0DANA2] }
gates:
  e2e: {}
paths:
  deploy: { who_can_invoke: [engineer], requires: [reason], expires_after: 60m, on_invoke: [record_audit_event, { alert_channel: C0DEPLOY }] }
  hotfix: { who_can_invoke: [lead], requires: [reason], expires_after: 60m }
`;

function namedIds({ reachable = true, unknown = [] as readonly string[], fails = false } = {}) {
  const parsed = parsePolicy(POLICY, "p.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const { log, lines } = tallyLog();
  const lookedUp: string[] = [];
  const lookUp = async (id: string): Promise<null> => {
    lookedUp.push(id);
    if (fails) throw new Error("The lookup failed.");
    return null;
  };
  const directory = {
    account: lookUp,
    group: lookUp,
    sharing: lookUp,
    reachable: async () => reachable,
    unknownIds: () => unknown,
  };
  const ids = createNamedIds({ directory, policy: { current: () => parsed }, log });
  return { ids, lines, lookedUp };
}

test("every group, account and channel of the policy is looked up, and ids unknown to Slack are logged", async () => {
  const { ids, lines, lookedUp } = namedIds({ unknown: ["U0GONE"] });
  ids.lookUp();
  await lines.until((seen) => seen.length > 0);
  expect(lookedUp.sort()).toEqual(["#incidents", "C0DEPLOY", "S0ONCALL", "U0DANA", "U0GONE", "W0DANA2"]);
  expect(lines.seen).toMatchObject([{ level: "warn", event: "policy.unknown_ids", fields: { ids: ["U0GONE"] } }]);
});

test("an unknown id that the policy does not name is not reported", () => {
  const { ids } = namedIds({ unknown: ["U0GONE", "U0PASSERBY", "U0DAN"] });
  expect(ids.unknown()).toEqual(["U0GONE"]);
});

test("an unreachable Slack or a refused token is logged once", async () => {
  const { ids, lines } = namedIds({ reachable: false });
  ids.lookUp();
  await lines.until((seen) => seen.length > 0);
  expect(lines.seen).toMatchObject([{ level: "warn", event: "slack.unreachable" }]);
});

test("a fault of the lookup is logged and stops nothing", async () => {
  const { ids, lines } = namedIds({ fails: true });
  ids.lookUp();
  await lines.until((seen) => seen.length > 0);
  expect(lines.seen).toMatchObject([{ level: "warn", event: "policy.lookup_failed" }]);
});
