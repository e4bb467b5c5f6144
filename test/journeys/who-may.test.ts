import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { INCIDENTS } from "../../demo/cast.js";
import { BUTTONS, bypassValue, gateValue, VIEWS } from "../../src/slack/actions.js";
import type { SUBCOMMANDS } from "../../src/slack/command.js";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { opening } from "../support/journey/office.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";

/** What nobody below may read: reason, target and incident of each bypass, a lesson, an action, a draft. */
const TEXTS = [
  "Production login is down",
  "acme/payments-api#4821",
  "INC-219",
  "The suite can be split.",
  "Buy faster runners.",
  "Half a thought.",
];
/** Every sentence of a refusal leads on: whom to ask, or what to press or type. */
const NEXT_STEP = /\b(ask|press|type|write|do it from|lists|shows|tells|use a log line|add log lines)\b/i;

const BOT = "U0OTHERBOT";
const GONE = "U0GONE";
const FOREIGN = "U0FOREIGN";

let on: Journey;
let trail: Trail;
let bypassValues: string[];
let values: Record<(typeof BUTTONS)[keyof typeof BUTTONS]["carries"], string[]>;
let alertTs: string;

beforeAll(async () => {
  // Each request comes much later than the one before: who sends too many in a row gets another answer.
  let steady = 0;
  on = await openJourney({ overrides: { steadyMs: () => (steady += 60_000) } });
  await on.itIs(opening(on.now()));
  trail = openTrail(on.testApp.database.adminUrl);
  for (const name of ["BG-1", "BG-2", "BG-3"]) await on.closedBypass(name);
  await writtenReview();
  await draftOfDana();
  await on.priya.declares();
  await on.noor.approves("BG-4");
  await on.alertSays("BG-4", "BG-4 active");
  await on.priya.declares();
  alertTs = (await on.alert("BG-5")).ts;
  await on.allIsDelivered();
  on.slack.people.add({ id: BOT, name: "otherbot", bot: true });
  on.slack.people.add({ id: GONE, name: "gone", deactivated: true });
  on.slack.people.add({ id: FOREIGN, name: "foreign", teamId: "T0OTHER" });
  // In the roles' groups, so that the account alone keeps them out.
  on.slack.groups.set("S0ONCALL", [on.priya.id, on.omar.id, BOT, GONE, FOREIGN, on.guest.id]);
  on.slack.groups.set("S0LEADS", [on.dana.id, on.noor.id, BOT, GONE, FOREIGN, on.guest.id]);
  for (const id of [BOT, GONE, FOREIGN]) on.slack.channels.join(INCIDENTS, id);
  await on.minutesPass(1);
  bypassValues = await Promise.all([1, 2, 3, 4, 5].map(async (n) => bypassValue({ n, ...(await opened(n)) })));
  const [action] = await trail.sql<{ seq: string }[]>`SELECT seq FROM breakglass.actions WHERE n = 1`;
  const [item] = await trail.sql<{ gate: string; item: number; seq: string }[]>`
    SELECT gate, item, opened_seq AS seq FROM breakglass.gate_items`;
  const actionVersion = await at(Number(action?.seq));
  values = {
    bypass: bypassValues,
    action: [bypassValue({ n: 1, ...actionVersion })],
    gate: [gateValue({ gate: item?.gate ?? "", item: item?.item ?? 0, ...(await at(Number(item?.seq))) })],
    nothing: [""],
  };
});
afterEach(() => expect(on.slack.record.answers.filter((one) => one.error !== undefined)).toEqual([]));
afterAll(async () => {
  await trail.close();
  await on.close();
});

async function writtenReview(): Promise<void> {
  await on.dana.presses("Write Review", "BG-1", "alert");
  await on.slack.until(() => on.slack.view(on.dana.id)?.submit === "Submit Review", "the form");
  await on.dana.submits({
    Verdict: "avoidable",
    "What Forced It": "slow",
    "The Skipped Check": "not-run-yet",
    "What We Learned": "The suite can be split.",
    Action: "Buy faster runners.",
    Owner: on.omar.id,
    Due: opening(on.now(), 3).slice(0, 10),
  });
  await on.alertSays("BG-1", "written: avoidable");
}

async function draftOfDana(): Promise<void> {
  await on.dana.presses("Write Review", "BG-2", "alert");
  const form = await on.slack.until(() => {
    const view = on.slack.view(on.dana.id);
    return view?.submit === "Submit Review" ? view : null;
  }, "the second form");
  await on.slack.as(on.dana.id).fill({ "What We Learned": "Half a thought." });
  await on.slack.as(on.dana.id).click(form, "Save Draft");
  await on.slack.as(on.dana.id).cancel();
}

async function at(seq: number): Promise<{ version: number; identity: string }> {
  const [row] = await trail.sql<{ version: number | null; hash: Buffer }[]>`
    SELECT version, hash FROM breakglass.trail WHERE seq = ${seq}`;
  return { version: row?.version ?? 1, identity: row?.hash.toString("hex").slice(0, 24) ?? "" };
}

async function opened(n: number): Promise<{ version: number; identity: string }> {
  const [row] = await trail.sql<{ seq: string }[]>`
    SELECT seq FROM breakglass.trail WHERE stream = ${`BG-${n}`} AND version = 1`;
  return at(Number(row?.seq));
}

const carried = (value: string): { n: number; at: number; identity: string } => {
  const [, n, version, identity] = /^BG-(\d+)@(\d+)#([0-9a-f]{24})$/.exec(value) ?? [];
  return { n: Number(n), at: Number(version), identity: identity ?? "" };
};

/** All that a person can change, but the trail and what only counts its entries. */
async function tables(): Promise<unknown> {
  await on.allIsDelivered();
  const { sql } = trail;
  return {
    bypasses: (await sql`SELECT to_jsonb(b) - 'version' AS row FROM breakglass.bypasses b ORDER BY n`).map(
      ({ row }) => row,
    ),
    drafts: await sql`SELECT n, account, content::text FROM breakglass.drafts ORDER BY n, account`,
    actions: await sql`SELECT to_jsonb(a) AS row FROM breakglass.actions a ORDER BY n, action`,
    items: await sql`SELECT to_jsonb(g) AS row FROM breakglass.gate_items g ORDER BY gate`,
    viewers: await sql`SELECT account FROM breakglass.home_viewers ORDER BY account`,
    // A refused attempt keeps the request that caused it.
    texts: await sql`SELECT count(*) AS n FROM breakglass.trail_text WHERE field <> 'origin'`,
    outbox: await sql`SELECT id FROM breakglass.outbox ORDER BY id`,
  };
}

const form = (callback: string, metadata: string, filled: Readonly<Record<string, string>>) => ({
  id: `V${Math.random()}`,
  hash: "1.a",
  callback_id: callback,
  private_metadata: metadata,
  state: {
    values: Object.fromEntries(Object.entries(filled).map(([block, value]) => [block, { typed: { value } }])),
  },
  blocks: Object.keys(filled).map((block) => ({
    type: "input",
    block_id: block,
    element: { options: block === "path" ? [{ value: "emergency_deploy" }] : [] },
  })),
});

const LESSON = { lesson: "Planted." };
const SMALL = { typed: "Planted.", day: "2099-01-01" };

/** Each crafted request of that account, with a name for the report. */
function requests(user: string): (readonly [name: string, body: object])[] {
  type Named = readonly (readonly [name: string, body: object])[];
  const base = () => ({ user: { id: user }, team: { id: on.slack.teamId }, trigger_id: `${Math.random()}.1.2` });
  const click = (id: string, value: string, view?: object) => ({
    type: "block_actions",
    ...base(),
    ...(view === undefined ? { channel: { id: INCIDENTS } } : { view }),
    actions: [{ action_id: id, block_id: "b", ...(value === "" ? {} : { value }) }],
  });
  const submission = (view: object) => ({ type: "view_submission", ...base(), view });
  const reviews = bypassValues.map((value) => JSON.stringify({ about: carried(value), edition: 0, rows: 1 }));
  const declaration = JSON.stringify({ path: null, again: null, drill: false });
  const subjects = (name: keyof typeof VIEWS): readonly string[] => {
    if (name === "review") return reviews;
    if (name === "declare") return [declaration, JSON.stringify({ path: null, again: null, drill: true })];
    if (["deny", "revoke", "proceedAlone"].includes(name)) return bypassValues.map((v) => JSON.stringify(carried(v)));
    if (/gate/i.test(name)) return values.gate;
    const isAction = /Action/.test(name);
    const about = isAction ? values.action : bypassValues;
    return about.map((value) => JSON.stringify({ about: carried(value), which: isAction ? 1 : 0 }));
  };
  const DECLARED = {
    path: "emergency_deploy",
    "gates:emergency_deploy": "e2e-suite",
    target: "x#1",
    incident: "INC-1",
  };
  const inputs = (name: keyof typeof VIEWS): Record<string, string> =>
    name === "review" ? LESSON : name === "declare" ? { ...DECLARED, reason: "Planted." } : SMALL;
  return [
    ...Object.entries(BUTTONS).flatMap(([name, { id, carries }]): Named => {
      if (name === "saveDraft" || name === "moreActions")
        return reviews.map((about) => [name, click(id, "", form(VIEWS.review, about, LESSON))] as const);
      if (name === "declarePath")
        return [[name, click(id, "emergency_deploy", form(VIEWS.declare, declaration, DECLARED))] as const];
      return values[carries].map((value) => [`${name} ${value}`, click(id, value)] as const);
    }),
    ...(Object.keys(VIEWS) as (keyof typeof VIEWS)[]).flatMap((name) =>
      subjects(name).map(
        (metadata) => [`the form ${name} ${metadata}`, submission(form(VIEWS[name], metadata, inputs(name)))] as const,
      ),
    ),
  ];
}

/** Each subcommand, the useful forms of those that name something. */
const COMMANDS: Readonly<Record<keyof typeof SUBCOMMANDS | "", readonly string[]>> = {
  "": [""],
  status: ["status"],
  show: ["show BG-1", "show BG-5"],
  log: ["log BG-4 Planted.", "log BG-1 Planted."],
  close: ["close BG-4"],
  reviews: ["reviews"],
  stats: ["stats", "stats e2e-suite"],
  drill: ["drill"],
  redact: ["redact 3 reason Planted."],
  help: ["help"],
};

/** What any member may do: look at lists and readings, which hold no typed text, and open nothing. */
const MEMBERS_MAY = /^(status|show|reviews|stats|help|link)\b/;
/** The help page tells nothing of any bypass, and a link button only leads to a message. */
const ANYONE_MAY = /^(help|link)\b/;

/** What is pressed inside a form is answered by a direct message, which these two cannot get from Slack. */
const isOutOfReach = (user: string, name: string): boolean =>
  [BOT, GONE].includes(user) && /^(saveDraft|moreActions|declarePath)$/.test(name);

async function answers(user: string, name: string, send: () => Promise<{ body: string }>): Promise<string | null> {
  const told = () => [...on.slack.ephemerals(user), ...on.slack.inbox(user)].map((one) => one.ts);
  const [before, calls] = [new Set(told()), on.slack.record.calls.length];
  const { body } = await send();
  const said = () =>
    [...on.slack.ephemerals(user), ...on.slack.inbox(user)]
      .filter(({ ts }) => !before.has(ts))
      .map((one) => `${on.slack.render(one)} ${one.text}`)
      .join(" ");
  const shown = () =>
    on.slack.record.calls
      .slice(calls)
      .filter(({ method }) => method.startsWith("views."))
      .map((call) => JSON.stringify(call));
  if (isOutOfReach(user, name)) await on.slack.settled();
  else if (body === "" && !/^link\b/.test(name)) await on.slack.until(() => said() !== "" || shown().length > 0, name);
  expect(shown(), `${name} of ${user} opens or changes a view`).toEqual([]);
  return isOutOfReach(user, name) ? null : `${body} ${said()}`;
}

describe("A crafted request changes nothing, shows no typed text and is answered with what to do", () => {
  it.each([
    ["a guest", () => on.guest.id],
    ["a bot", () => BOT],
    ["a deactivated account", () => GONE],
    ["a person of another organisation", () => FOREIGN],
    ["a member without a role", () => on.lee.id],
  ])("when %s sends it, whatever the button, form or command", async (_who, id) => {
    const user = id();
    const isMember = user === on.lee.id;
    const may = (name: string) => (isMember ? MEMBERS_MAY : ANYONE_MAY).test(name);
    const [before, length] = [await tables(), await trail.length()];
    const heard: string[] = [];
    const check = (name: string, words: string | null): void => {
      if (words === null) return;
      heard.push(words);
      for (const text of TEXTS) expect(words, `${name} shows a text`).not.toContain(text);
      if (!may(name)) expect(words, name).toMatch(NEXT_STEP);
      if (!may(name)) expect(words, name).toMatch(/Not [a-z]+( [a-z]+)?:|nothing was/);
    };
    for (const [name, payload] of requests(user)) {
      const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded", ...on.slack.sign(body) };
      check(name, await answers(user, name, () => on.slack.send(body, headers)));
    }
    for (const text of Object.values(COMMANDS).flat())
      check(text, await answers(user, text, () => on.slack.as(user).command(text, { channel: INCIDENTS })));
    const line = { type: "message", user, channel: INCIDENTS, text: "log: Planted.", thread_ts: alertTs };
    const spoken = { ...line, ts: "1782136999.000100", parent_user_id: on.slack.botUserId };
    check("log: in a thread", await answers(user, "log: in a thread", () => on.slack.event(spoken)));
    await on.slack.as(user).openHome();
    const home = on.slack.until(() => on.slack.home(user), "the Home");
    for (const text of TEXTS) expect(on.slack.render(await home)).not.toContain(text);
    if (!isMember) expect(on.slack.render(await home)).toMatch(/^.*Not shown: /);
    const after = await tables();
    if (isMember) await trail.sql`DELETE FROM breakglass.home_viewers WHERE account = ${user}`;
    expect(isMember ? await tables() : after).toEqual(before);
    const added = (await trail.entries()).slice(length);
    expect(added.filter(({ type }) => type !== "attempt.refused")).toEqual([]);
    expect(heard.length).toBeGreaterThan(80);
  });
});
