import { describe, expect, test } from "vitest";
import { DIRECT_TOPICS, type MessageName, THREAD_TOPICS } from "../../../src/domain/bypass/effects.js";
import { messageContextOf } from "../../../src/slack/messages/context.js";
import { render } from "../../../src/slack/messages/render.js";
import { recordMessage } from "../../../src/slack/messages/show-record.js";
import { reviewView } from "../../../src/slack/review/view.js";
import { ENDINGS, type Ending, opening, PRIYA, policyOf, recordOf } from "./fixtures.js";

const recordIn = (ending: Ending, kind: "bypass" | "drill") => recordOf([...opening({ kind }), ...ENDINGS[ending]]);

/** All messages about a bypass, to every recipient. */
function everyMessage(ending: Ending, kind: "bypass" | "drill") {
  const record = recordIn(ending, kind);
  const context = messageContextOf(record, policyOf());
  const names: MessageName[] = [
    { place: "alert" },
    ...THREAD_TOPICS.flatMap((about) =>
      record.entries.map(({ version }) => ({ place: "thread", about, version }) as const),
    ),
    ...DIRECT_TOPICS.map((about) => ({ place: "direct", to: PRIYA, about, version: 1 }) as const),
  ];
  return [...names.map((name) => render(name, context)), recordMessage({ record, texts: true }, context.policy)];
}

describe.each(Object.keys(ENDINGS) as Ending[])("a drill that is %s", (ending) => {
  test("has the DRILL mark first in the text of each message, and in its blocks", () => {
    for (const { text, blocks } of everyMessage(ending, "drill")) {
      expect(text).toMatch(/^DRILL (?!DRILL)/);
      expect(JSON.stringify(blocks)).toContain("*DRILL*: a rehearsal. It opens nothing.");
    }
  });

  test("a bypass in the same state has no DRILL mark", () => {
    for (const message of everyMessage(ending, "bypass")) expect(JSON.stringify(message)).not.toContain("DRILL");
  });
});

test("the review form of a drill says that it is a drill", () => {
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
