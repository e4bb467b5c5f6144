import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { CHECK_USAGE, checkWithArguments } from "../src/cli/check/client/check-with-arguments.js";
import { CLOSED_REASONS } from "../src/domain/gate-checks/forms.js";
import { receiptClaims } from "../src/domain/receipts/receipt.js";

const ROOT = resolve(import.meta.dirname, "..");
const GATE = "e2e-suite";

let page: string;
beforeAll(async () => {
  page = await readFile(join(ROOT, "docs/ci.md"), "utf8");
});

/** The only example in that language under that heading. */
function example(heading: string, language: string): string {
  const section = page.split(`### ${heading}\n`)[1]?.split(/\n##+ /)[0] ?? "";
  const blocks = [...section.matchAll(/```(\w+)\n([\s\S]*?)```/g)].filter(([, found]) => found === language);
  expect(blocks, `examples under ${heading}`).toHaveLength(1);
  return blocks[0]?.[2] ?? "";
}

/**
 * Runs the check of a shell line with its own arguments, outside of any pipeline. It takes them when all that it misses is what
 * the pipeline says, and the suite runs exactly when the check does not skip.
 */
async function takes(line: string, pipelineSays: readonly string[]): Promise<void> {
  const [, args = "", otherwise = ""] = /^\s*node ci\/breakglass-check\.mjs (.+?) \|\| (.+?)\s*$/.exec(line) ?? [];
  expect(otherwise).toBe("npm run e2e");
  const given = args.split(" ");
  const said = { commit: "a".repeat(40), run: "jenkins:payments/7", target: "service:payments" };
  const rest = Object.entries(said).flatMap(([name, value]) =>
    pipelineSays.includes(name) ? [`--${name}`, value] : [],
  );
  const asked: unknown[] = [];
  const io = {
    out: () => {},
    err: () => {},
    readFile: () => Promise.reject(new Error("no file")),
    env: { BREAKGLASS_URL: "https://breakglass.example.com", BREAKGLASS_TOKEN: "bg_token" },
    now: () => new Date(0),
  };
  await checkWithArguments([...given, ...rest], io, async (_url, init) => {
    asked.push(JSON.parse(String(init?.body)));
    return new Response("", { status: 500 });
  });
  expect(asked).toEqual([{ gate: GATE, ...said }]);
}

const lineOf = (script: string): string => script.split("\n").find((line) => line.includes("breakglass-check")) ?? "";
const setsToken = (script: string): void => expect(script).toMatch(/^export BREAKGLASS_TOKEN="\$\(.+\)"\n/);
const url = z.literal("https://breakglass.example.com");

describe("the examples of docs/ci.md", () => {
  test("GitHub Actions: the inputs are those of the action, and the suite runs unless the output says true", async () => {
    const step = z.looseObject({ id: z.string().optional(), if: z.string().optional(), run: z.string().optional() });
    const workflow = z
      .strictObject({
        on: z.literal("pull_request"),
        jobs: z.strictObject({
          e2e: z.strictObject({
            "runs-on": z.string(),
            permissions: z.strictObject({ contents: z.literal("read"), "id-token": z.literal("write") }),
            steps: z.array(
              step.extend({ uses: z.string().optional(), with: z.record(z.string(), z.string()).optional() }),
            ),
          }),
        }),
      })
      .parse(parse(example("GitHub Actions", "yaml")));
    const { steps } = workflow.jobs.e2e;
    const check = steps.find(({ uses }) => uses?.includes("/breakglass@"));
    expect(check?.uses).toMatch(/@[0-9a-f]{40}$/);
    const action = z
      .looseObject({
        inputs: z.record(z.string(), z.looseObject({ required: z.boolean().optional() })),
        outputs: z.looseObject({}),
      })
      .parse(parse(await readFile(join(ROOT, "action.yml"), "utf8")));
    const given = Object.keys(check?.with ?? {});
    expect(given.filter((name) => !Object.keys(action.inputs).includes(name))).toEqual([]);
    const required = Object.entries(action.inputs).flatMap(([name, input]) => (input.required === true ? [name] : []));
    expect(given).toEqual(expect.arrayContaining(required));
    const suite = steps.find(({ run }) => run === "npm run e2e");
    expect(suite?.if).toBe(`steps.${check?.id}.outputs.skip != 'true'`);
    expect(Object.keys(action.outputs)).toContain("skip");
    expect(steps.indexOf(suite ?? {})).toBeGreaterThan(steps.indexOf(check ?? {}));
  });

  test("GitLab CI", async () => {
    const { e2e } = z
      .strictObject({
        e2e: z.strictObject({
          image: z.string(),
          id_tokens: z.strictObject({ BREAKGLASS_TOKEN: z.strictObject({ aud: z.literal("breakglass") }) }),
          variables: z.strictObject({ BREAKGLASS_URL: url }),
          script: z.tuple([z.string()]),
        }),
      })
      .parse(parse(example("GitLab CI", "yaml")));
    await takes(e2e.script[0], ["commit", "run"]);
  });

  test("Buildkite", async () => {
    const { steps } = z
      .strictObject({
        steps: z.tuple([
          z.strictObject({ label: z.string(), env: z.strictObject({ BREAKGLASS_URL: url }), command: z.string() }),
        ]),
      })
      .parse(parse(example("Buildkite", "yaml")));
    setsToken(steps[0].command);
    await takes(lineOf(steps[0].command), ["commit", "run", "target"]);
  });

  test("CircleCI", async () => {
    const { jobs } = z
      .strictObject({
        version: z.literal(2.1),
        jobs: z.strictObject({
          e2e: z.strictObject({
            docker: z.array(z.strictObject({ image: z.string() })),
            environment: z.strictObject({ BREAKGLASS_URL: url }),
            steps: z.tuple([z.literal("checkout"), z.strictObject({ run: z.string() })]),
          }),
        }),
        workflows: z.strictObject({ "pull-request": z.strictObject({ jobs: z.tuple([z.literal("e2e")]) }) }),
      })
      .parse(parse(example("CircleCI", "yaml")));
    const { run } = jobs.e2e.steps[1];
    setsToken(run);
    await takes(lineOf(run), ["commit", "run", "target"]);
  });

  test("Jenkins", async () => {
    const groovy = example("Jenkins", "groovy");
    expect(groovy.split("{").length).toBe(groovy.split("}").length);
    expect(groovy).toContain("BREAKGLASS_TOKEN = credentials('breakglass-token')");
    const [, line = ""] = /sh '([^']+)'/.exec(groovy) ?? [];
    await takes(line, ["commit", "run"]);
  });
});

describe("the tables of docs/ci.md", () => {
  const rows = (heading: string): string[] =>
    [...(page.split(heading)[1]?.split("\n\n")[1] ?? "").matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = ""]) => cell);
  const words = (cells: readonly string[]): string[] =>
    cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, w = ""]) => w));

  test("name every reason", () => {
    expect(page.match(/^\| `(\w+)` \| (?:skip|no |there|a |the )/gm)?.length).toBe(CLOSED_REASONS.length + 1);
    for (const reason of [...CLOSED_REASONS, "active_grant"]) expect(page).toContain(`| \`${reason}\` |`);
  });

  test("name every claim of a receipt", () => {
    const named = words(rows("has to compare `run`, `gate` and `commit` with its own."));
    expect(named.sort()).toEqual(Object.keys(receiptClaims.shape).sort());
  });

  test("name every option of the command that is said by hand", () => {
    for (const option of ["--run", "--commit", "--target", "--json", "--receipt-file"]) {
      expect(CHECK_USAGE.join("\n")).toContain(option);
      expect(page).toContain(option);
    }
  });
});
