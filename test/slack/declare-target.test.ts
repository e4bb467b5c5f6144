import { afterEach, expect, test } from "vitest";
import { openTestApp, type TestApp } from "../support/slack-app.js";
import { POLICY } from "../support/slack-people.js";

let testApp: TestApp;
afterEach(async () => {
  expect(testApp.slack.violations).toEqual([]);
  await testApp.close();
});

test("the form says which kinds of target the path takes, and refuses another under the field", async () => {
  const policy = POLICY.replace("    expires_after: 2h", "    expires_after: 2h\n    target: [service, db]");
  testApp = await openTestApp({ policy });
  const { slack } = testApp;
  const form = (): string => {
    const view = slack.view("U0ADA");
    return view === undefined ? "" : slack.render(view);
  };
  const ada = slack.as("U0ADA");
  await ada.command("");
  await slack.until(() => slack.view("U0ADA")?.submit === "Break Glass", "the form");
  expect(form()).toContain("service:name, db:name or a few words.");
  await ada.fill({ Gates: ["two-approvals"], Target: "o/r#1", Reason: "Locks pile up.", Path: "Database fix" });
  await slack.settled();
  expect(form()).toContain("What the gates are skipped for: service:name or db:name.");
  const { errors } = await ada.submit({});
  expect(errors).toEqual({
    Target: "This path takes service:name or db:name. What you typed reads as github:o/r#1.",
  });
  expect((await ada.submit({ Target: "the orders: db:orders" })).errors).toBeUndefined();
  expect((await testApp.record(1)).entries[0]?.texts).toMatchObject({ target_key: "db:orders" });
});
