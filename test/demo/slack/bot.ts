import { App, type AppOptions, LogLevel, SocketModeReceiver } from "@slack/bolt";
import type { SlackDouble } from "../../../demo/slack/index.js";

type Register = (app: App) => void;

function options(slack: SlackDouble): AppOptions {
  return {
    authorize: async () => ({ botToken: slack.botToken, botId: slack.botId, botUserId: slack.botUserId }),
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, timeout: 2000 },
    logLevel: LogLevel.ERROR,
  };
}

/** A real Bolt app over HTTP, connected to the double. */
export async function httpBot(
  slack: SlackDouble,
  register: Register,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const app = new App({ ...options(slack), signingSecret: slack.signingSecret });
  register(app);
  const server = await app.start({ port: 0, host: "127.0.0.1" });
  const address = server && "address" in server ? server.address() : null;
  if (address === null || typeof address === "string") throw new Error("The bot has no port.");
  const url = `http://127.0.0.1:${address.port}/slack/events`;
  slack.connect({ eventsUrl: url });
  return {
    url,
    stop: async () => {
      if ("closeAllConnections" in server) server.closeAllConnections();
      await app.stop();
    },
  };
}

/** A real Bolt app in Socket Mode. */
export async function socketBot(slack: SlackDouble, register: Register): Promise<{ stop: () => Promise<void> }> {
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
  });
  const app = new App({ ...options(slack), receiver });
  register(app);
  await app.start();
  return {
    stop: async () => {
      await app.stop();
    },
  };
}
