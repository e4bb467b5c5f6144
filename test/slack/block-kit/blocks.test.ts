import { expect, test } from "vitest";
import { validateBlocks, validateView } from "../../../demo/slack/index.js";
import {
  actions,
  button,
  contextLine,
  divider,
  fields,
  header,
  modal,
  plainContextLine,
  section,
} from "../../../src/slack/block-kit/blocks.js";
import {
  checkboxesInput,
  dateInput,
  multiSelectInput,
  option,
  radioInput,
  selectInput,
  textInput,
  userInput,
} from "../../../src/slack/block-kit/inputs.js";

const LONG = "🧨 long ".repeat(1_000);
const choices = (count: number) => Array.from({ length: count }, (_, index) => option(LONG, `choice-${index}`, LONG));
const label = (block: string) => ({ block, label: "Label", hint: "Hint", optional: true });

test("message blocks stay within Slack's limits, however long their texts are", () => {
  const blocks = [
    header(LONG, "header"),
    section(LONG, "section"),
    fields([["Label", LONG]], "fields"),
    contextLine(LONG, "context"),
    plainContextLine(LONG, "plain"),
    divider(),
    actions([button({ id: "go", label: LONG, style: "primary", value: "BG-1@1", spoken: LONG })], "actions"),
  ];
  expect(validateBlocks(blocks, "message")).toEqual([]);
});

test("a form stays within Slack's limits, however long its texts are and however many choices it offers", () => {
  const view = modal({
    callbackId: "form",
    title: LONG,
    submit: LONG,
    metadata: "{}",
    blocks: [
      textInput(label("text"), { max: 3000, multiline: true, initial: "typed" }),
      selectInput(label("select"), { options: choices(3), initial: "choice-1", reportsTo: "changed" }),
      radioInput(label("radio"), choices(3), null),
      multiSelectInput(label("many"), { options: choices(120), chosen: ["choice-119", "choice-2"] }),
      checkboxesInput(label("few"), { options: choices(10), chosen: ["choice-9"] }),
      checkboxesInput(label("more"), { options: choices(11), chosen: ["choice-10"] }),
      userInput(label("user"), "U0ADA"),
      dateInput(label("day"), "2026-06-22"),
    ],
  });
  expect(validateView(view, "modal")).toEqual([]);
});

test("a preselected choice is always one of the offered choices", () => {
  const initial = (block: ReturnType<typeof selectInput>) =>
    "initial_option" in block.element ? block.element.initial_option?.value : undefined;
  expect(initial(selectInput(label("known"), { options: choices(3), initial: "choice-2" }))).toBe("choice-2");
  expect(initial(selectInput(label("gone"), { options: choices(3), initial: "choice-3" }))).toBeUndefined();
});

test("a form stays within Slack's limits when what it starts with comes from a database that others have written to", () => {
  const kept = option("A gate", "gate");
  const view = modal({
    callbackId: "form",
    title: "Form",
    submit: "Submit",
    metadata: "{}",
    blocks: [
      textInput(label("text"), { max: 500, initial: LONG }),
      multiSelectInput(label("many"), {
        options: [kept, option("Another", "g".repeat(76)), option("A third", "")],
        chosen: ["gate", "g".repeat(76)],
      }),
      userInput(label("user"), "nobody"),
      dateInput(label("day"), "someday"),
      dateInput(label("other day"), "2026-02-31"),
    ],
  });
  expect(validateView(view, "modal")).toEqual([]);
  const [text, many, ...others] = view.blocks.map((block) => ("element" in block ? block.element : null));
  expect(text).toMatchObject({ initial_value: expect.stringMatching(/^🧨 long .{400,490}…$/u) });
  expect(many).toMatchObject({ options: [kept], initial_options: [kept] });
  expect(JSON.stringify(others)).not.toContain("initial");
});
