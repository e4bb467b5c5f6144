/**
 * The floor of the benchmarks: a minimal Bolt app. It only acknowledges a slash command; a form is one INSERT and one
 * post.
 */
import { App, HTTPReceiver, LogLevel } from "@slack/bolt";
import postgres from "postgres";
import { z } from "zod";

const env = z
  .object({
    SLACK_BOT_TOKEN: z.string(),
    SLACK_SIGNING_SECRET: z.string(),
    SLACK_API_URL: z.string(),
    DATABASE_URL: z.string(),
    BENCH_CHANNEL: z.string(),
  })
  .parse(process.env);

const sql = postgres(env.DATABASE_URL, { max: 10, fetch_types: false });
const receiver = new HTTPReceiver({ signingSecret: env.SLACK_SIGNING_SECRET, logLevel: LogLevel.ERROR });
const app = new App({
  receiver,
  token: env.SLACK_BOT_TOKEN,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: env.SLACK_API_URL },
});

const LABELS = ["Gates", "Target", "Incident", "Reason"] as const;
const values = z.record(z.string(), z.record(z.string(), z.object({ value: z.string().nullish() })));

app.command("/breakglass", async ({ ack }) => ack());

app.command("/bare-form", async ({ ack, body, client }) => {
  await ack();
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: "modal",
      callback_id: "bare",
      title: { type: "plain_text", text: "Bare" },
      submit: { type: "plain_text", text: "Send" },
      blocks: LABELS.map((label) => ({
        type: "input",
        block_id: label,
        label: { type: "plain_text", text: label },
        element: { type: "plain_text_input", action_id: label },
      })),
    },
  });
});

app.view("bare", async ({ ack, view, body, client }) => {
  const typed = values.parse(view.state.values);
  const [gates, target, incident, reason] = LABELS.map((label) => typed[label]?.[label]?.value ?? "");
  await sql`
    INSERT INTO plain.declarations (gates, target, incident, reason, requester)
    VALUES (${gates ?? ""}, ${target ?? ""}, ${incident ?? ""}, ${reason ?? ""}, ${body.user.id})`;
  await ack();
  await client.chat.postMessage({
    channel: env.BENCH_CHANNEL,
    text: `<@${body.user.id}> skips ${gates} for ${target} (${incident}): ${reason}`,
  });
});

const server = await app.start(0);
const address = "address" in server ? server.address() : null;
const port = typeof address === "object" && address !== null ? address.port : 0;
process.stdout.write(`${JSON.stringify({ event: "started", port })}\n`);
