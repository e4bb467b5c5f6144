import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { DRAWINGS } from "../../src/slack/delivery/drawn-in-turn.js";
import { QUESTIONS, READS } from "../../src/slack/interactions/lookup-allowance.js";
import { FORMS_OF_ONE_PERSON } from "../../src/slack/interactions/modal-client.js";
import { CLOSED_BECAUSE } from "../../src/slack/transport/connections.js";
import { PORT_LIMITS } from "../../src/slack/transport/limits.js";

const docs = readFileSync(resolve(import.meta.dirname, "../../docs/operating/strangers.md"), "utf8");

/** The section of that heading. */
const section = (heading: string): string => docs.split(`\n## ${heading}\n`)[1]?.split(/^##/m)[0] ?? "";

/** The first two cells of each row. */
const rowsOf = (text: string): string[] =>
  [...text.matchAll(/^\| (.+?) \| (.+?) \|/gm)].map(([, a, b]) => `${a}: ${b}`);

test("docs/operating/strangers.md tells every limit of the port as it is", () => {
  const text = section("What strangers can take");
  const number = (value: number): string => value.toLocaleString("en");
  const kb = (bytes: number): string => `${bytes / 1024} KB`;
  const mb = (bytes: number): string => `${bytes / 1024 / 1024} MB`;
  const seconds = (ms: number): string => `${ms / 1000} s`;
  const limits = PORT_LIMITS;
  expect(rowsOf(text).slice(2)).toEqual([
    `connections, in all: ${number(limits.connections)}`,
    `connections of one address: ${number(limits.connectionsPerAddress)}`,
    `requests of one connection before the first answer: ${limits.unanswered}`,
    `head of a request: ${kb(limits.headBytes)}, ${seconds(limits.headMs)}`,
    `a whole request: ${seconds(limits.requestMs)}`,
    `body: ${kb(limits.bodyBytes)}; ${kb(limits.unsignedBodyBytes)} when it is not signed`,
    `all bodies that are being read: ${mb(limits.heldBodyBytes)}`,
    `an idle connection: ${seconds(limits.idleMs)}`,
    `a connection on which nothing moves before the answer is through: ${seconds(limits.silentMs)}`,
    `Slack's events at once: ${limits.eventsAtOnce}`,
  ]);
  expect(text).toContain(`closed when ${mb(limits.discardedBytes)} more is sent`);
  expect(CLOSED_BECAUSE.filter((why) => !text.includes(`(\`${why}\`)`))).toEqual([]);
});

test("docs/operating/strangers.md tells every limit of questions as it is", () => {
  const text = section("What people can take");
  for (const [question, { inARow, everyMs }] of Object.entries(QUESTIONS)) {
    const row = text.split("\n").find((line) => line.startsWith("|") && line.includes(`\`${question}\``));
    expect(row, question).toMatch(new RegExp(`\\| ${inARow} \\| ${everyMs / 1000} s \\|$`));
  }
  const forms = text.split("\n").find((line) => line.startsWith("| any form"));
  expect(forms).toMatch(
    new RegExp(`\\| ${FORMS_OF_ONE_PERSON.inARow} \\| ${FORMS_OF_ONE_PERSON.everyMs / 1000} s \\|$`),
  );
  expect(text).toContain(`${READS.atOnce} are read from the database at once and ${READS.waiting} wait`);
  expect(text).toContain(`${DRAWINGS.atOnce} picture is drawn at once`);
  expect(text).toContain(`${DRAWINGS.waiting} wait.`);
});
