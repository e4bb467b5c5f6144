import { describe, expect, test } from "vitest";
import { DIRECT_TOPICS, type MessageName, THREAD_TOPICS } from "../../../src/domain/bypass/effects.js";
import { messageContextOf } from "../../../src/slack/messages/context.js";
import { recordMessage } from "../../../src/slack/messages/record.js";
import { render } from "../../../src/slack/messages/render.js";
import { reviewView } from "../../../src/slack/review/view.js";
import { ENDINGS, type Ending, opening, PRIYA, policyOf, recordOf } from "./fixtures.js";

const recordIn = (ending: Ending, kind: "bypass" | "drill") => recordOf([...opening({ kind }), ...ENDINGS[ending]]);

/** All messages about a bypass, whoever they go to. */
function everyMessage(ending: Ending, kind: "bypass" | "drill") {
  const record = recordIn(ending, kind);
  const scene = messageContextOf(record, policyOf());
  const names: MessageName[] = [
    { place: "alert" },
    ...THREAD_TOPICS.flatMap((about) =>
      record.entries.map(({ version }) => ({ place: "thread", about, version }) as const),
    ),
    ...DIRECT_TOPICS.map((about) => ({ place: "direct", to: PRIYA, about, version: 1 }) as const),
  ];
  return [...names.map((name) => render(name, scene)), recordMessage({ record, texts: true }, scene.policy)];
}

describe.each(Object.keys(ENDINGS) as Ending[])("a drill that is %s", (ending) => {
  test("is marked first of all in each message, and in its text alone", () => {
    for (const { text, blocks } of everyMessage(ending, "drill")) {
      expect(text).toMatch(/^DRILL (?!DRILL)/);
      expect(JSON.stringify(blocks)).toContain("*DRILL*: a rehearsal. It opens nothing.");
    }
  });

  test("and nothing else is", () => {
    for (const message of everyMessage(ending, "bypass")) expect(JSON.stringify(message)).not.toContain("DRILL");
  });
});

test("the form of a drill's review says that it is one", () => {
  const empty = {
    edition: 0,
    verdict: null,
    gatesAtFault: [],
    forcedBy: null,
    aftermath: null,
    lesson: "",
    actions: [],
  };
  const view = reviewView(messageContextOf(recordIn("closed", "drill"), policyOf()), empty);
  expect(JSON.stringify(view.blocks[0])).toContain("DRILL");
});
