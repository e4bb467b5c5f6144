import { readFileSync } from "node:fs";
import { z } from "zod";

const manifest = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
});

/**
 * What the app was installed with: the bot's scopes and the events it subscribed to, as in `manifest.json` at the root.
 * Read anew each time, so that a double never has more rights than the app that people install.
 */
export function readAppManifest(): { readonly scopes: readonly string[]; readonly events: readonly string[] } {
  const text = readFileSync(new URL("../../../manifest.json", import.meta.url), "utf8");
  const { oauth_config, settings } = manifest.parse(JSON.parse(text));
  return { scopes: oauth_config.scopes.bot, events: settings.event_subscriptions.bot_events };
}
