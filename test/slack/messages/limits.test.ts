import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { validateBlocks } from "../../../demo/slack/index.js";
import { DIRECT_TOPICS, type MessageName, THREAD_TOPICS } from "../../../src/domain/bypass/effects.js";
import type { BypassEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import { type MessageBody, messageContextOf } from "../../../src/slack/messages/context.js";
import { render } from "../../../src/slack/messages/render.js";
import { recordMessage } from "../../../src/slack/messages/show-record.js";
import type { BypassRecord } from "../../../src/usecases/ports/ports.js";
import { declared, ENDINGS, type Ending, opening, PRIYA, policyOf, recordOf, type Step } from "./fixtures.js";

const SEED = 20_260_622;

/** Titles, names and lists at the maximum lengths of the policy's schema. */
const longest = policyOf(
  JSON.stringify({
    version: 1,
    alert_channel: `#${"c".repeat(79)}`,
    roles: Object.fromEntries(
      Array.from({ length: 60 }, (_, r) => [
        `${"r".repeat(60)}${r}`,
        { slack_usergroup: `S${"X".repeat(20)}`, slack_users: Array.from({ length: 60 }, (_, u) => `U0ROLE${r}X${u}`) },
      ]),
    ),
    gates: Object.fromEntries(
      Array.from({ length: 100 }, (_, g) => [`${"g".repeat(60)}${g}`, { title: `${"&".repeat(70)}${g}` }]),
    ),
    paths: {
      emergency_deploy: {
        title: "<".repeat(75),
        incident_url: `https://incidents.example.com/${"p".repeat(460)}/{id}`,
        who_can_invoke: [`${"r".repeat(60)}0`],
        requires: ["incident_id", "reason", "second_person_ack"],
        expires_after: "24h",
      },
    },
  }),
);
const roleNames = Object.keys(longest.roles);

/** Every possible message about a record, and the record view. */
function everyMessage(record: BypassRecord, policy = longest, texts = true): [string, MessageBody][] {
  const context = messageContextOf(record, policy, {
    texts,
    alertLink: "https://acme.slack.com/archives/C0INC/p1782136931000100",
  });
  const versions = record.entries.map((entry) => entry.version);
  const names: MessageName[] = [
    { place: "alert" },
    ...THREAD_TOPICS.flatMap((about) => versions.map((version) => ({ place: "thread", about, version }) as const)),
    ...DIRECT_TOPICS.map((about) => ({ place: "direct", to: PRIYA, about, version: 1 }) as const),
  ];
  return [
    ...names.map((name): [string, MessageBody] => [JSON.stringify(name), render(name, context)]),
    ["record", recordMessage({ record, texts }, policy)],
  ];
}

/** All strings that Slack parses as markup. */
function markup(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(markup);
  if (value === null || typeof value !== "object") return [];
  const ownText =
    "type" in value && value.type === "mrkdwn" && "text" in value && typeof value.text === "string" ? [value.text] : [];
  return [...ownText, ...Object.values(value).flatMap(markup)];
}

const EXTRAS: readonly Step[] = [
  [
    { type: "page.failed", step: 0, user: "U0LEE", role: "on-call-lead", via: "slack", code: "user_disabled" },
    "bot",
    1,
  ],
  [
    { type: "page.failed", step: 0, user: null, role: roleNames[3] ?? "", via: "slack", code: "nobody_holds_role" },
    "bot",
    1,
  ],
  [{ type: "ack.reminded", count: 1 }, "bot", 3],
  [{ type: "ack.escalated", step: 1, role: roleNames[4] ?? "" }, "bot", 5],
];

function storyOf(
  ending: Ending,
  texts: { reason: string; target: string; other: string },
  more: Partial<Extract<BypassEvent, { type: "bypass.declared" }>>,
): Step[] {
  const steps: readonly Step[] = ENDINGS[ending];
  const endingSteps = steps.map(
    ([event, by, minute, given]): Step =>
      given === undefined
        ? [event, by, minute]
        : [event, by, minute, Object.fromEntries(Object.keys(given).map((field) => [field, texts.other]))],
  );
  return [...opening(more, { reason: texts.reason, target_typed: texts.target }), ...EXTRAS, ...endingSteps];
}

const longestDeclaration = {
  gates: Object.keys(longest.gates),
  incident: "&".repeat(100),
  ack: { ...declared().ack, roles: roleNames },
  channel: `#${"c".repeat(79)}`,
  again: 999_999_999,
};
const endings = Object.keys(ENDINGS) as Ending[];

function expectWithinLimits(messages: readonly [string, MessageBody][]): void {
  for (const [name, message] of messages) {
    expect(validateBlocks(message.blocks, "message"), name).toEqual([]);
    expect(message.text.length, name).toBeLessThanOrEqual(4000);
    expect(message.text.length, name).toBeGreaterThan(20);
  }
}

describe("Slack's limits", () => {
  test.each(endings)("every message of a bypass that ends %s fits the longest policy and texts", (ending) => {
    const texts = { reason: "&".repeat(3000), target: "<".repeat(3000), other: "r\n".repeat(1500) };
    expectWithinLimits(everyMessage(recordOf(storyOf(ending, texts, longestDeclaration), 999_999_999)));
  });

  test("a timeline of 500 entries fits and says how many entries are left out", () => {
    const logs = Array.from(
      { length: 500 },
      (): Step => [{ type: "bypass.logged", via: "command" }, PRIYA, 2, { line: "x".repeat(3000) }],
    );
    const message = recordMessage({ record: recordOf([...opening(), ...logs]), texts: true }, longest);
    expectWithinLimits([["record", message]]);
    expect(JSON.stringify(message.blocks)).toContain(
      "462 entries between the declaration and these are not shown here",
    );
  });
});

const hostileText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc
    .array(
      fc.constantFrom(
        "<!channel>",
        "<!here|x>",
        "<@U0EVIL>",
        "*bold*",
        "&lt;",
        "\u202e",
        "\u0007",
        "\n",
        "`",
        "|",
        "<https://evil|ok>",
        "\u2066",
        "é",
        "👩‍🚒",
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join("")),
);

describe("typed text", () => {
  test("never reaches markup, and the text for screen readers escapes it", () => {
    const story = fc.record({
      ending: fc.constantFrom(...endings),
      reason: hostileText,
      target: hostileText,
      other: hostileText,
      incident: hostileText,
      texts: fc.boolean(),
    });
    fc.assert(
      fc.property(story, ({ ending, reason, target, other, incident, texts }) => {
        const typed = { reason: `TYPED ${reason}`, target: `TYPED ${target}`, other: `TYPED ${other}` };
        const record = recordOf(storyOf(ending, typed, { incident: `INCID ${incident}`.slice(0, 100) }));
        const messages = everyMessage(record, policyOf(), texts);
        expectWithinLimits(messages);
        for (const [name, message] of messages) {
          expect(
            markup(message.blocks).filter((text) => /TYPED|INCID/.test(text)),
            name,
          ).toEqual([]);
          const all = JSON.stringify(message);
          expect(all, name).not.toMatch(/[\u202a-\u202e\u2066-\u2069]|\\u0007/u);
          for (const text of [message.text, ...markup(message.blocks)]) {
            expect(text, name).not.toMatch(/<!(channel|here|everyone)|<@U0EVIL|<https:\/\/evil/);
          }
          if (!texts) expect(all, name).not.toContain("TYPED");
        }
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  test("never becomes a broadcast element", () => {
    const record = recordOf(storyOf("revoked", { reason: "<!channel>", target: "<!here>", other: "<!everyone>" }, {}));
    for (const [name, message] of everyMessage(record, policyOf()))
      expect(JSON.stringify(message.blocks), name).not.toContain('"broadcast"');
  });
});
