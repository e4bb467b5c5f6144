import { readFileSync } from "node:fs";
import { WebClient } from "@slack/web-api";
import { expect, test } from "vitest";
import { readAppManifest } from "../../../demo/slack/app-manifest.js";
import { peopledDouble } from "./people.js";

test("the rights are those of manifest.json", () => {
  const text = readFileSync("manifest.json", "utf8");
  const { scopes, events } = readAppManifest();
  expect(scopes).toContain("chat:write");
  expect(events).toContain("user_change");
  for (const one of [...scopes, ...events]) expect(text).toContain(`"${one}"`);
});

test("a double has no other rights, unless it is told so", async () => {
  const withinManifest = await peopledDouble();
  const withMore = await peopledDouble({ scopes: ["team:read"] });
  try {
    const client = (slack: typeof withMore) =>
      new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
    await expect(client(withinManifest).team.info()).rejects.toThrow("missing_scope");
    expect(await client(withinManifest).users.info({ user: "U0ANA" })).toMatchObject({ ok: true });
    expect(await client(withMore).team.info()).toMatchObject({ ok: true });
    await expect(client(withMore).users.info({ user: "U0ANA" })).rejects.toThrow("missing_scope");
  } finally {
    await Promise.all([withinManifest.stop(), withMore.stop()]);
  }
});
