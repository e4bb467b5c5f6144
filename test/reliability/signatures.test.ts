import { afterAll, beforeAll, expect, test } from "vitest";
import { signatureFault } from "../../src/slack/transport/signature.js";
import { type Arriving, FORGERS, sign } from "../support/reliability/forgers.js";
import { progress, report } from "../support/reliability/report.js";
import { dice as newDice, sizeOf } from "../support/reliability/seed.js";
import { commandBody, FORM, openTestApp, type TestApp } from "../support/slack-app.js";

const FORGED = sizeOf("FORGED", 5_000);
const OVER_HTTP = sizeOf("FORGED_OVER_HTTP", 150);
const dice = newDice("signatures");
const forgers = Object.entries(FORGERS);

let testApp: TestApp;
beforeAll(async () => {
  testApp = await openTestApp();
});
afterAll(() => testApp.close());

/** A genuine command with Slack's signature. */
function honest(secret: string, nowMs: number): Arriving {
  const body = Buffer.from(commandBody(`log BG-${1 + dice.below(99)} restarted ${dice.below(10 ** 9)}`));
  const timestamp = String(Math.floor(nowMs / 1000));
  return { timestamp, signature: sign(secret, timestamp, body), body, nowMs };
}

const faultOf = (secret: string, { timestamp, signature, body, nowMs }: Arriving) =>
  signatureFault(secret, { timestamp, signature }, body, nowMs);

test(`the signature check refuses all of ${FORGED} forged requests and accepts every genuine one between them`, () => {
  const accepted: string[] = [];
  let refusedTrue = 0;
  for (let count = 0; count < FORGED; count += 1) {
    const secret = dice
      .below(2 ** 30)
      .toString(16)
      .padStart(32, "0");
    const seen = honest(secret, 1_790_000_000_000 + dice.below(10 ** 10));
    if (faultOf(secret, seen) !== null) refusedTrue += 1;
    const [name, forge] = forgers[count % forgers.length] ?? [];
    if (forge !== undefined && faultOf(secret, forge(seen, dice)) === null) accepted.push(`${name}, number ${count}`);
    if (count % 5_000 === 0) progress("forged", count, FORGED);
  }
  report("signatures", {
    what: "forged, bent and replayed signatures at the function that judges them",
    times: FORGED,
    seed: dice.seed,
    lost: refusedTrue,
    doubled: accepted.length,
    stuck: 0,
    slowestMs: null,
    more: { "ways to forge": forgers.length, accepted: accepted.length, "true ones refused": refusedTrue },
  });
  expect(accepted).toEqual([]);
  expect(refusedTrue).toBe(0);
}, 120_000);

test(`the HTTP server refuses all of ${OVER_HTTP} forged requests`, async () => {
  const { slack } = testApp;
  const asked: string[] = [];
  testApp.before = async (call) => void asked.push(call);
  const statuses = new Map<number, number>();
  for (let count = 0; count < OVER_HTTP; count += 1) {
    const seen = honest(slack.signingSecret, Date.now());
    const [, forge] = forgers[count % forgers.length] ?? [];
    if (forge === undefined) throw new Error("There is no forger.");
    const forged = forge(seen, dice);
    // The receiver's clock cannot be moved here, so the request's timestamp is moved into the past or the future
    // instead.
    const shift = Math.round((seen.nowMs - forged.nowMs) / 1000);
    const timestamp = shift === 0 ? forged.timestamp : String(Number(seen.timestamp) + shift);
    const signature = shift === 0 ? forged.signature : sign(slack.signingSecret, timestamp ?? "", forged.body);
    const { status } = await slack.send(forged.body.toString("latin1"), {
      ...FORM,
      ...(timestamp === undefined ? {} : { "x-slack-request-timestamp": timestamp }),
      ...(signature === undefined ? {} : { "x-slack-signature": signature }),
    });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  report("signatures", {
    what: "forged, bent and replayed requests over HTTP",
    times: OVER_HTTP,
    seed: dice.seed,
    lost: 0,
    doubled: asked.length,
    stuck: 0,
    slowestMs: null,
    more: Object.fromEntries([...statuses].map(([status, times]) => [`answered ${status}`, times])),
  });
  expect([...statuses.keys()]).toEqual([401]);
  expect(asked).toEqual([]);
}, 120_000);
