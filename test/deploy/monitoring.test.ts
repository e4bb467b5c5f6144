import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { createMetrics } from "../../src/http/metrics.js";
import { ALL_WORDS, READYZ_WORDS } from "../../src/usecases/ports/readyz-words.js";

const ROOT = resolve(import.meta.dirname, "../..");
const text = (...path: string[]): string => readFileSync(join(ROOT, ...path), "utf8");

const rule = z.strictObject({
  alert: z.string().regex(/^Breakglass[A-Z][A-Za-z]+$/),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(["critical", "warning", "info"]) }),
  annotations: z.strictObject({ summary: z.string(), description: z.string().optional() }),
});
const { rules } = z
  .object({ groups: z.tuple([z.object({ rules: z.array(rule) })]) })
  .parse(parse(text("deploy", "prometheus", "alerts.yaml"))).groups[0];

const dashboard = z
  .object({
    panels: z.array(
      z.looseObject({
        id: z.number(),
        title: z.string(),
        gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
        targets: z.array(z.looseObject({ expr: z.string(), refId: z.string() })).min(1),
      }),
    ),
  })
  .parse(JSON.parse(text("deploy", "grafana", "breakglass.json")));

/** Every metric of a bot that has done everything once, with the labels of each. */
let exposed: Map<string, Set<string>>;

beforeAll(async () => {
  const figures = {
    waiting: 0,
    oldestSeconds: 0,
    requested: 0,
    active: 0,
    overdueReviews: 0,
    overdueActions: 0,
    webhooks: [{ webhook: "audit", waiting: 1, oldestSeconds: 1 }],
  };
  const refused = () => [{ method: "users.info", code: "missing_scope" }];
  const metrics = createMetrics({ read: async () => figures, refused, release: "1.0.0" });
  metrics.commit("committed");
  metrics.refusal("self_approval");
  metrics.delivery("alert.post", "done");
  metrics.webhook("audit", "delivered");
  metrics.alerted(1);
  metrics.paged(1);
  metrics.rateLimited("chat.postMessage");
  metrics.requestRefused("signature");
  metrics.connectionClosed("port_full");
  metrics.questionRefused("stats", "too_often");
  metrics.watch(async () => ({ down: [], degraded: [] }));
  await metrics.timeSweep(async () => {});
  const { body } = await metrics.route.handle();
  exposed = new Map();
  for (const [, name = "", labels = ""] of body.matchAll(/^([a-z_0-9]+)(?:\{(.*)\})? /gm)) {
    const known = exposed.get(name) ?? new Set<string>();
    for (const [, label = ""] of labels.matchAll(/(\w+)="/g)) known.add(label);
    exposed.set(name, known);
  }
});

/** What a query names and the bot does not expose: metrics, and labels in braces or behind `by`. */
function unknownIn(expr: string): readonly string[] {
  const metrics = [...expr.matchAll(/\b(?:breakglass|process|nodejs)_[a-z_0-9]+\b/g)].map(([name]) => name);
  const labels = [
    ...expr.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)/g),
    ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => [...list.matchAll(/(\w+)/g)]),
  ].map(([, label = ""]) => label);
  const known = new Set(["instance", ...metrics.flatMap((name) => [...(exposed.get(name) ?? [])])]);
  expect(metrics.length).toBeGreaterThan(0);
  return [...metrics.filter((name) => !exposed.has(name)), ...labels.filter((label) => !known.has(label))];
}

/** The words of `/readyz` that a rule watches. */
function watchedBy(expr: string): readonly string[] {
  const [, gauge, operator = "=~", pattern = ".*"] =
    /^breakglass_(down|degraded)(?:\{word(=~|!~|=)"([^"]*)"\})? == 1$/.exec(expr) ?? [];
  if (gauge === undefined) return [];
  const matches = (word: string): boolean =>
    operator === "=" ? word === pattern : new RegExp(`^(?:${pattern})$`).test(word) === (operator === "=~");
  return ALL_WORDS.filter((word) => READYZ_WORDS[word].state === gauge && matches(word));
}

describe("the alert rules", () => {
  test("name only metrics and labels that the bot exposes", () => {
    expect(rules.map(({ alert, expr }) => [alert, unknownIn(expr)]).filter(([, unknown]) => unknown?.length)).toEqual(
      [],
    );
  });

  test("watch each word of /readyz once, and docs/operating/alert-rules.md says which does", () => {
    const rows = [
      ...text("docs", "operating", "alert-rules.md").matchAll(/^\| `(Breakglass\w+)` \| \w+ \| (.*?) \|/gm),
    ];
    expect(rows.map(([, name]) => name)).toEqual(rules.map(({ alert }) => alert));
    const listed = rows.map(([, , words = ""]) => [...words.matchAll(/`(\w+)`/g)].map(([, word]) => word).sort());
    const watched = rules.map(({ expr }) => [...watchedBy(expr)].sort());
    expect(listed).toEqual(watched);
    expect(watched.flat().sort()).toEqual([...ALL_WORDS].sort());
  });

  const promtool = spawnSync("promtool", ["--version"]).status === 0;
  test.skipIf(!promtool).each([[["check", "rules", "alerts.yaml"]], [["test", "rules", "alerts.test.yaml"]]])(
    "pass promtool %j (skipped where there is no promtool)",
    (args) => {
      const { status, stdout, stderr } = spawnSync("promtool", args, {
        cwd: join(ROOT, "deploy", "prometheus"),
        encoding: "utf8",
      });
      expect(status, stdout + stderr).toBe(0);
    },
  );
});

/** The page that lists the words, made of the same table as everything else that says them. */
function wordsPage(): string {
  const table = (state: string): readonly string[] => [
    "| word | what is wrong | what to do |",
    "| --- | --- | --- |",
    ...ALL_WORDS.filter((word) => READYZ_WORDS[word].state === state).map(
      (word) => `| \`${word}\` | ${READYZ_WORDS[word].means} | ${READYZ_WORDS[word].fix} |`,
    ),
  ];
  return [
    "# The words of `/readyz`",
    "",
    "Written by `npx vitest run test/deploy/monitoring.test.ts -u` from `src/usecases/ports/readyz-words.ts`.",
    "",
    "Under `down`, when nothing can be recorded:",
    "",
    ...table("down"),
    "",
    "Under `degraded`, while the bot keeps working. Ids, hosts or codes follow some of the words.",
    "",
    ...table("degraded"),
    "",
  ].join("\n");
}

describe("the words of /readyz", () => {
  test("stand in docs/operating/readyz-words.md with their meanings and fixes", async () => {
    await expect(wordsPage()).toMatchFileSnapshot(join(ROOT, "docs/operating/readyz-words.md"));
  });

  test("send to chapters of docs/operating that are there", () => {
    const named = [...wordsPage().matchAll(/docs\/operating\/[\w-]+\.md/g)].map(([path]) => path);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe("the Grafana dashboard", () => {
  test("asks only for metrics and labels that the bot exposes", () => {
    const unknown = dashboard.panels.flatMap(({ title, targets }) =>
      targets.flatMap(({ expr }) => unknownIn(expr).map((name) => `${title}: ${name}`)),
    );
    expect(unknown).toEqual([]);
  });

  test("shows every metric of the bot", () => {
    const asked = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join("\n");
    const own = [...exposed.keys()].filter((name) => name.startsWith("breakglass_"));
    const families = new Set(own.map((name) => name.replace(/_(bucket|sum|count)$/, "")));
    expect([...families].filter((name) => !asked.includes(name))).toEqual([]);
  });

  test("has panels that do not overlap, with ids of their own", () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});
