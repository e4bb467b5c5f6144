import { describe, expect, test } from "vitest";
import { validateBlocks, validateView } from "../../../demo/slack/index.js";

const long = (length: number) => "x".repeat(length);
const plain = (text = "x") => ({ type: "plain_text", text });
const mrkdwn = (text = "x") => ({ type: "mrkdwn", text });
const button = (more: object = {}) => ({ type: "button", text: plain(), ...more });
const option = (value = "v", text = "x") => ({ text: plain(text), value });
const options = (count: number) => Array.from({ length: count }, (_, index) => option(`v${index}`));
const actions = (...elements: object[]) => ({ type: "actions", elements });
const section = (more: object = {}) => ({ type: "section", text: mrkdwn(), ...more });
const select = (more: object = {}) => ({ type: "static_select", options: options(2), ...more });
const input = (element: object, more: object = {}) => ({ type: "input", label: plain(), element, ...more });
const textInput = (more: object = {}) => ({ type: "plain_text_input", ...more });
const modal = (more: object = {}) => ({ type: "modal", title: plain(), submit: plain(), blocks: [section()], ...more });
const times = (count: number, block: object = { type: "divider" }) => Array.from({ length: count }, () => block);
const confirm = (more: object = {}) => ({ title: plain(), text: mrkdwn(), confirm: plain(), deny: plain(), ...more });

describe("the validator accepts", () => {
  const richText = {
    type: "rich_text",
    elements: [
      { type: "rich_text_section", elements: [{ type: "text", text: "a", style: { bold: true } }] },
      { type: "rich_text_quote", elements: [{ type: "user", user_id: "U1" }] },
      { type: "rich_text_preformatted", elements: [{ type: "text", text: "code" }], border: 0 },
      { type: "rich_text_list", style: "bullet", elements: [{ type: "rich_text_section", elements: [] }] },
    ],
  };
  const full = [
    { type: "header", text: plain(long(150)), block_id: "h" },
    section({
      fields: Array.from({ length: 10 }, () => mrkdwn(long(2000))),
      accessory: button({ confirm: confirm() }),
    }),
    {
      type: "context",
      elements: [mrkdwn(), plain(), { type: "image", image_url: "https://x.example/y.png", alt_text: "y" }],
    },
    actions(button({ action_id: "a", style: "primary", value: long(2000) }), select({ action_id: "b" })),
    richText,
    { type: "markdown", text: "**hi**" },
  ];

  test("a message at Slack's limits", () => {
    expect(validateBlocks(full, "message")).toEqual([]);
    expect(validateBlocks(times(50), "message")).toEqual([]);
  });

  test("a modal at Slack's limits", () => {
    const blocks = [
      input(textInput({ max_length: 3000, placeholder: plain(long(150)) }), { hint: plain(), optional: true }),
      input(select({ initial_option: option("v1") })),
      input({ type: "checkboxes", options: options(10) }),
      input({ type: "multi_static_select", options: options(100), max_selected_items: 3 }),
      ...times(96),
    ];
    const view = modal({ blocks, private_metadata: long(3000), callback_id: long(255), close: plain(long(24)) });
    expect(validateView(view, "modal")).toEqual([]);
    expect(validateView({ type: "home", blocks: [section()] }, "home")).toEqual([]);
  });
});

describe("the validator refuses in a message", () => {
  const cases: Array<[string, unknown, string]> = [
    ["51 blocks", times(51), "no more than 50 items allowed [json-pointer:/blocks]"],
    ["an unknown block", [{ type: "marquee" }], "unsupported type: marquee [json-pointer:/blocks/0/type]"],
    ["a block named like a built-in", [{ type: "constructor" }], "unsupported type: constructor"],
    ["an unknown field", [section({ colour: "red" })], "invalid additional property: colour [json-pointer:/blocks/0]"],
    ["a field named like a built-in", [section({ toString: 1 })], "invalid additional property: toString"],
    ["an input", [input(textInput())], "unsupported type: input"],
    [
      "a section of 3001 characters",
      [{ type: "section", text: mrkdwn(long(3001)) }],
      "must be less than 3001 characters",
    ],
    ["an empty text", [{ type: "section", text: mrkdwn("") }], "must be more than 0 characters"],
    ["a section without text or fields", [{ type: "section" }], "must provide text or fields"],
    ["11 fields", [section({ fields: Array.from({ length: 11 }, () => mrkdwn()) })], "no more than 10 items"],
    ["a field of 2001 characters", [section({ fields: [mrkdwn(long(2001))] })], "must be less than 2001 characters"],
    ["a header in markup", [{ type: "header", text: mrkdwn() }], "unsupported type: mrkdwn"],
    [
      "11 context elements",
      [{ type: "context", elements: Array.from({ length: 11 }, () => mrkdwn()) }],
      "no more than 10",
    ],
    ["a button in context", [{ type: "context", elements: [button()] }], "unsupported type: button"],
    ["26 actions", [actions(...times(26, button()))], "no more than 25 items"],
    ["no actions", [actions()], "no fewer than 1 items"],
    ["a button text in markup", [actions({ type: "button", text: mrkdwn() })], "unsupported type: mrkdwn"],
    ["a button text of 76", [actions(button({ text: plain(long(76)) }))], "must be less than 76 characters"],
    ["a button value of 2001", [actions(button({ value: long(2001) }))], "must be less than 2001 characters"],
    ["a button value that is not a string", [actions(button({ value: 1 }))], "must be a string"],
    ["a button in green", [actions(button({ style: "green" }))], "must be one of primary, danger"],
    ["an action id of 256", [actions(button({ action_id: long(256) }))], "must be less than 256 characters"],
    [
      "a confirm without deny",
      [actions(button({ confirm: { ...confirm(), deny: undefined } }))],
      "missing required field: deny",
    ],
    ["a confirm title of 101", [actions(button({ confirm: confirm({ title: plain(long(101)) }) }))], "less than 101"],
    ["a confirm text of 301", [actions(button({ confirm: confirm({ text: mrkdwn(long(301)) }) }))], "less than 301"],
    ["a confirm button of 31", [actions(button({ confirm: confirm({ deny: plain(long(31)) }) }))], "less than 31"],
    ["two blocks with one id", [section({ block_id: "a" }), section({ block_id: "a" })], "duplicate block_id: a"],
    [
      "two actions with one id",
      [actions(button({ action_id: "a" }), button({ action_id: "a" }))],
      "duplicate action_id: a",
    ],
    ["a text input in actions", [actions(textInput())], "unsupported type: plain_text_input"],
    ["6 overflow options", [actions({ type: "overflow", options: options(6) })], "no more than 5 items"],
    [
      "an image with two sources",
      [{ type: "image", alt_text: "x", image_url: "u", slack_file: { id: "F1" } }],
      "exactly one of",
    ],
    ["an image without alt text", [{ type: "image", image_url: "u" }], "missing required field: alt_text"],
    [
      "rich text with an unknown element",
      [{ type: "rich_text", elements: [{ type: "rich_text_table" }] }],
      "unsupported type",
    ],
    [
      "a bold style that is not a boolean",
      [
        {
          type: "rich_text",
          elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "a", style: { bold: "yes" } }] }],
        },
      ],
      "must be a boolean",
    ],
    ["blocks that are not a list", { type: "section" }, "must be an array"],
    ["a block that is not an object", ["section"], "must be an object"],
  ];
  test.each(cases)("%s", (_, blocks, finding) => {
    expect(validateBlocks(blocks, "message").join("\n")).toContain(finding);
  });
});

describe("the validator refuses in a view", () => {
  const cases: Array<[string, object, string]> = [
    ["no title", modal({ title: undefined }), "missing required field: title"],
    ["a title of 25", modal({ title: plain(long(25)) }), "must be less than 25 characters [json-pointer:/title/text]"],
    ["a title in markup", modal({ title: mrkdwn() }), "unsupported type: mrkdwn"],
    ["a submit of 25", modal({ submit: plain(long(25)) }), "less than 25"],
    ["inputs without submit", modal({ submit: undefined, blocks: [input(textInput())] }), "must provide submit"],
    ["101 blocks", modal({ blocks: times(101) }), "no more than 100 items"],
    ["private metadata of 3001", modal({ private_metadata: long(3001) }), "less than 3001"],
    ["private metadata that is not a string", modal({ private_metadata: {} }), "must be a string"],
    ["an unknown field", modal({ size: "large" }), "invalid additional property: size"],
    ["a Home tab", modal({ type: "home" }), "must be a modal view"],
    ["101 options", modal({ blocks: [input(select({ options: options(101) }))] }), "no more than 100 items"],
    ["no options", modal({ blocks: [input(select({ options: [] }))] }), "no fewer than 1 items"],
    ["options and groups", modal({ blocks: [input(select({ option_groups: [] }))] }), "exactly one of options"],
    [
      "an option in markup",
      modal({ blocks: [input(select({ options: [{ text: mrkdwn(), value: "v" }] }))] }),
      "unsupported type: mrkdwn",
    ],
    ["an option text of 76", modal({ blocks: [input(select({ options: [option("v", long(76))] }))] }), "less than 76"],
    ["an option value of 76", modal({ blocks: [input(select({ options: [option(long(76))] }))] }), "less than 76"],
    [
      "an initial option not offered",
      modal({ blocks: [input(select({ initial_option: option("v9") }))] }),
      "initial option(s)",
    ],
    [
      "11 checkboxes",
      modal({ blocks: [input({ type: "checkboxes", options: options(11) })] }),
      "no more than 10 items",
    ],
    ["a placeholder of 151", modal({ blocks: [input(textInput({ placeholder: plain(long(151)) }))] }), "less than 151"],
    [
      "a placeholder on checkboxes",
      modal({ blocks: [input({ type: "checkboxes", options: options(1), placeholder: plain() })] }),
      "invalid additional property: placeholder",
    ],
    ["a maximum of 3001", modal({ blocks: [input(textInput({ max_length: 3001 }))] }), "must be between 1 and 3000"],
    ["a button as input", modal({ blocks: [input(button())] }), "unsupported type: button"],
    [
      "a label in markup",
      modal({ blocks: [{ type: "input", label: mrkdwn(), element: textInput() }] }),
      "unsupported type: mrkdwn",
    ],
    ["a hint of 2001", modal({ blocks: [input(textInput(), { hint: plain(long(2001)) })] }), "less than 2001"],
    [
      "two elements that take the focus",
      modal({ blocks: [input(textInput({ focus_on_load: true })), input(textInput({ focus_on_load: true }))] }),
      "only one element",
    ],
    ["an invalid date", modal({ blocks: [input({ type: "datepicker", initial_date: "23.11.2026" })] }), "YYYY-MM-DD"],
  ];
  test.each(cases)("%s", (_, view, finding) => {
    const findings = validateView(JSON.parse(JSON.stringify(view)), "modal");
    expect(findings.join("\n")).toContain(finding);
  });

  test("a submit button on the Home tab", () => {
    const home = { type: "home", blocks: [], submit: plain() };
    expect(validateView(home, "home")).toEqual(["[ERROR] invalid additional property: submit [json-pointer:]"]);
  });
});
