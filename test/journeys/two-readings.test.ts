import { inflateRawSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { INCIDENTS } from "../../demo/cast.js";
import { bypassValue } from "../../src/slack/actions.js";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";

let on: Journey;
let trail: Trail;

beforeAll(async () => {
  on = await openJourney();
  trail = openTrail(on.testApp.database.adminUrl);
});
afterAll(async () => {
  await trail.close();
  await on.close();
});

/** The request of the newest log line, byte for byte, as whoever reads the database finds it. */
async function keptRequest() {
  const [row] = await trail.sql<{ text: string }[]>`
    SELECT x.text FROM breakglass.trail_text x JOIN breakglass.trail t USING (seq)
    WHERE x.field = 'origin' AND t.body::jsonb ->> 'type' = 'bypass.logged' ORDER BY t.seq DESC LIMIT 1`;
  const { deflated, timestamp, signature } = JSON.parse(row?.text ?? "");
  const headers = { "x-slack-request-timestamp": timestamp, "x-slack-signature": signature };
  return { body: inflateRawSync(Buffer.from(deflated, "base64")).toString(), headers };
}

test("what the requester wrote into a log line is never read as another person's click, however the same bytes are sent", async () => {
  await on.priya.declares();
  const alert = await on.alert("BG-1");
  await on.allIsDelivered();
  const [declaration] = await trail.sql<{ identity: string }[]>`
    SELECT left(encode(hash, 'hex'), 24) AS identity FROM breakglass.trail WHERE stream = 'BG-1' AND version = 1`;
  const value = bypassValue({ n: 1, version: 2, identity: declaration?.identity ?? "" });
  const click = {
    type: "block_actions",
    user: { id: on.noor.id },
    team: { id: on.slack.teamId },
    channel: { id: INCIDENTS },
    trigger_id: "1.2.3",
    actions: [{ action_id: "bypass_approve", block_id: "b", value }],
  };
  await on.slack
    .as(on.priya.id)
    .say(INCIDENTS, `log: all well &payload=${encodeURIComponent(JSON.stringify(click))}&x=`, alert.ts);
  await on.allIsDelivered();
  const { body, headers } = await keptRequest();
  // Slack escapes the text, but the same words may stand raw elsewhere in an event.
  const types = ["application/json", "application/x-www-form-urlencoded", "text/plain", ""];
  const raw = body.replaceAll("&amp;", "&");
  for (const type of types) {
    await on.slack.send(body, { "content-type": type, ...headers });
    await on.slack.send(raw, { "content-type": type, ...on.slack.sign(raw) });
  }
  await on.allIsDelivered();
  const recorded = (await trail.entries(1)).map(({ type }) => type);
  expect(recorded.filter((type) => type === "ack.given" || type === "bypass.activated")).toEqual([]);
  expect(recorded.filter((type) => type === "bypass.logged")).toHaveLength(1);
});
