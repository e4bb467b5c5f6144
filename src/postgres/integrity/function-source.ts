import type { Sql } from "../connection/database.js";

/** What a function does and how it may be called, as its file says it and as the database has it. */
export interface FunctionSource {
  readonly name: string;
  /** Its parameters in order, as `name type`. */
  readonly parameters: string;
  readonly returns: string;
  readonly language: string;
  readonly securityDefiner: boolean;
  readonly volatility: "volatile" | "stable" | "immutable";
  /** What no function of ours has: it is no plain function, is skipped for a NULL, has defaults, or is said to be harmless. */
  readonly oddities: readonly string[];
  /** Its own settings, as `name=value`. */
  readonly settings: readonly string[];
  readonly body: string;
  /** Decides about rights; `null` without one. */
  readonly comment: string | null;
}

const HEAD =
  /CREATE (?:OR REPLACE )?FUNCTION breakglass\.(\w+)\(([^)]*)\)\s+RETURNS\s+([\s\S]*?)\s+LANGUAGE (\w+)([\s\S]*?)\sAS \$\$/;

/** The long names, as PostgreSQL writes them. */
const inFull = (types: string): string => types.replaceAll(/\btimestamptz\b/g, "timestamp with time zone");

/** Reads a file of `drizzle/functions/`. @throws when it is not of the form that all of them have */
export function readFunctionSource(text: string): FunctionSource {
  const head = HEAD.exec(text);
  const [, name, parameters, returns, language, options] = head ?? [];
  const start = head === null ? -1 : head.index + head[0].length;
  const end = text.lastIndexOf("$$");
  if (name === undefined || parameters === undefined || returns === undefined || language === undefined || end < start)
    throw new Error("A file of drizzle/functions is not of the form that is compared with the database.");
  const named = parameters.split(",").map((parameter) => parameter.trim().replaceAll(/\s+/g, " "));
  const given = options ?? "";
  return {
    name,
    parameters: inFull(named.filter((one) => one !== "").join(", ")),
    returns: inFull(returns.replaceAll(/\s+/g, " ").replace("TABLE (", "TABLE(")),
    language,
    securityDefiner: given.includes("SECURITY DEFINER"),
    volatility: given.includes("IMMUTABLE") ? "immutable" : given.includes("STABLE") ? "stable" : "volatile",
    oddities: [],
    settings: [...given.matchAll(/\bSET (\S+) = (.+?)(?=\s+SET\s|\s*$)/g)].map(([, key, value]) => `${key}=${value}`),
    body: text.slice(start, end),
    comment: /COMMENT ON FUNCTION [^;]*? IS '((?:[^']|'')*)'/.exec(text)?.[1]?.replaceAll("''", "'") ?? null,
  };
}

/** Reads the functions of the schema from PostgreSQL's catalogue, in the same words. */
export const presentSources = (sql: Sql) => sql<FunctionSource>`
  SELECT p.proname AS name,
    (SELECT coalesce(string_agg(concat_ws(' ', p.proargnames[at], format_type(t, NULL)), ', ' ORDER BY at), '')
      FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS parameter (t, at)) AS parameters,
    (SELECT coalesce(json_agg(odd), '[]') FROM unnest(ARRAY[
      CASE WHEN p.prokind <> 'f' THEN 'kind ' || p.prokind::text END, CASE WHEN p.proisstrict THEN 'strict' END,
      CASE WHEN p.proleakproof THEN 'leakproof' END, CASE WHEN p.pronargdefaults > 0 THEN 'defaults' END,
      CASE WHEN p.provariadic <> 0 THEN 'variadic' END, CASE WHEN p.prosupport <> 0 THEN 'support' END,
      CASE WHEN p.proparallel <> 'u' THEN 'parallel ' || p.proparallel::text END
    ]) odd WHERE odd IS NOT NULL) AS oddities,
    pg_get_function_result(p.oid) AS returns, l.lanname AS language, p.prosecdef AS "securityDefiner",
    CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
    coalesce(to_json(p.proconfig), '[]') AS settings, p.prosrc AS body, obj_description(p.oid, 'pg_proc') AS comment
  FROM pg_proc p JOIN pg_namespace s ON s.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
  WHERE s.nspname = 'breakglass'`;

/** Compares them. Each difference is the rest of a sentence that begins with the function's name. */
export function differencesOf(
  released: readonly FunctionSource[],
  present: readonly FunctionSource[],
): readonly { readonly name: string; readonly what: string }[] {
  const names = new Set(released.map(({ name }) => name));
  const foreign = present.filter(({ name }) => !names.has(name));
  return [
    ...foreign.map(({ name }) => ({ name, what: "is none of this release" })),
    ...released.flatMap((expected) => {
      const { name } = expected;
      const found = present.filter((one) => one.name === name);
      const [only] = found;
      if (only === undefined) return [{ name, what: "is missing" }];
      if (found.length > 1) return [{ name, what: "is there more than once" }];
      return JSON.stringify(inOrder(only)) === JSON.stringify(inOrder(expected))
        ? []
        : [{ name, what: "is not that of this release" }];
    }),
  ];
}

const inOrder = (source: FunctionSource) => Object.entries(source).sort(([a], [b]) => (a < b ? -1 : 1));
