import { readFileSync } from "node:fs";
import { WebClient } from "@slack/web-api";
import { expect, test } from "vitest";
import { readAppManifest } from "../../../demo/slack/app-manifest.js";
import { doubleWithPeople } from "./people.js";

test("readAppManifest returns the scopes and events of manifest.json", () => {
  const text = readFileSync("manifest.json", "utf8");
  const { scopes, events } = readAppManifest();
  expect(scopes).toContain("chat:write");
  expect(events).toContain("user_change");
  for (const name of [...scopes, ...events]) expect(text).toContain(`"${name}"`);
});

test("a double has the scopes of the manifest unless it is given others", async () => {
  const withinManifest = await doubleWithPeople();
  const withOther = await doubleWithPeople({ scopes: ["team:read"] });
  try {
    const client = (slack: typeof withOther) =>
      new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
    await expect(client(withinManifest).team.info()).rejects.toThrow("missing_scope");
    expect(await client(withinManifest).users.info({ user: "U0ANA" })).toMatchObject({ ok: true });
    expect(await client(withOther).team.info()).toMatchObject({ ok: true });
    await expect(client(withOther).users.info({ user: "U0ANA" })).rejects.toThrow("missing_scope");
  } finally {
    await Promise.all([withinManifest.stop(), withOther.stop()]);
  }
});
