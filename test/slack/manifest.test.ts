import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { COMMAND } from "../../src/slack/actions.js";
import { SUBCOMMANDS } from "../../src/slack/command.js";
import { EVENT_SCOPES, METHOD_SCOPES } from "../../src/slack/manifest.js";
import { EVENTS_PATH } from "../../src/slack/transport/slack-events.js";

const url = z.literal(`https://YOUR-HOST${EVENTS_PATH}`);

/** Slack's manifest schema for the parts in use. Strict, because Slack refuses or ignores unknown keys. */
const schema = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal(2), minor_version: z.literal(1) }),
  display_information: z.strictObject({
    name: z.string().max(35),
    description: z.string().max(140),
    long_description: z.string().min(175).max(4000),
    background_color: z.string().regex(/^#[0-9a-f]{6}$/),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    bot_user: z.strictObject({ display_name: z.string().max(80), always_online: z.literal(true) }),
    slash_commands: z.array(
      z.strictObject({
        command: z.string().max(32),
        url,
        description: z.string().max(2000),
        usage_hint: z.string().max(1000),
        should_escape: z.literal(false),
      }),
    ),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string()) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ request_url: url, bot_events: z.array(z.string()) }),
    interactivity: z.strictObject({ is_enabled: z.literal(true), request_url: url }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.literal(false),
  }),
});

const manifest = schema.parse(JSON.parse(readFileSync("manifest.json", "utf8")));

/** The source of every file that talks to Slack. */
const source = readdirSync("src/slack", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && file !== "manifest.ts")
  .map((file) => readFileSync(join("src/slack", file), "utf8"))
  .join("\n");

/** Matches calls such as `web.chat.update(`, on one line or several. */
const called = [...source.matchAll(/\b(?:web|client)\s*\.\s*((?:[a-z]+\s*\.\s*)+[a-zA-Z]+)\(/g)].map((match) =>
  (match[1] ?? "").replace(/\s/g, ""),
);

describe("manifest.json", () => {
  it("METHOD_SCOPES lists each method that the code calls, and no other", () => {
    expect([...new Set(called)].sort()).toEqual(Object.keys(METHOD_SCOPES).sort());
  });

  it("requests the scopes that the methods, the events and the command need, and no other", () => {
    const needed = [
      ...Object.values(METHOD_SCOPES).flat(),
      ...Object.values(EVENT_SCOPES).flatMap(({ scopes }) => scopes),
      "commands",
    ];
    expect(manifest.oauth_config.scopes.bot).toEqual([...new Set(needed)].sort());
  });

  it("subscribes to the events that have a listener, and every listener has an event", () => {
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(Object.keys(EVENT_SCOPES));
    const listeners = [...source.matchAll(/app\.event\("(\w+)"/g)].map((match) => match[1]);
    expect([...new Set(Object.values(EVENT_SCOPES).map(({ listener }) => listener))]).toEqual(listeners);
  });

  it("declares the code's slash command, with a hint that names each subcommand", () => {
    expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual([COMMAND]);
    for (const name of Object.keys(SUBCOMMANDS))
      expect(manifest.features.slash_commands[0]?.usage_hint).toContain(name);
  });
});
