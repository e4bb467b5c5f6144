import postgres from "postgres";

/** A part that is cut out of the SQL functions, found by its text. */
interface Cut {
  readonly what: string;
  readonly pattern: RegExp;
  readonly replacement: string;
}

/**
 * Numbers come from sequences, since without the lock there is no head to count from. Each batch reserves 1,024 numbers
 * for its entries.
 */
const CUTS: readonly Cut[] = [
  {
    what: "the lock on the head",
    pattern: /UPDATE breakglass\.head SET seq = seq(?: WHERE [^;]*)?;/,
    replacement: "",
  },
  {
    what: "the reading of the head",
    pattern: /SELECT h\.seq, h\.hash INTO STRICT at_seq, chain FROM breakglass\.head h;/,
    replacement: `at_seq := nextval('breakglass.floor_seq') * 1024; chain := decode(repeat('00', 32), 'hex');`,
  },
  {
    what: "the writing of the head",
    pattern: /UPDATE breakglass\.head SET seq = at_seq, hash = chain;/,
    replacement: "",
  },
  {
    what: "the hash of the body",
    pattern: /sha256\('\\x00'::bytea \|\| convert_to\(body, 'UTF8'\)\)/,
    replacement: `decode(repeat('00', 32), 'hex')`,
  },
  {
    what: "the hash of the chain",
    pattern: /sha256\('\\x02'::bytea \|\| prev \|\| int8send\(at_seq\) \|\| leaf\)/,
    replacement: `decode(repeat('00', 32), 'hex')`,
  },
  {
    what: "the number of a bypass from the highest one",
    pattern: /SELECT coalesce\(max\(x\.n\), 0\) INTO newest FROM breakglass\.bypasses x;/,
    replacement: `newest := nextval('breakglass.floor_n') * 1024;`,
  },
];

/**
 * Rewrites the functions of a separate database from their text in the catalogue: the same work without lock and chain.
 * @returns the parts that were cut, and those that were not found
 */
export async function takeChainOut(adminUrl: string): Promise<{ cut: readonly string[]; missing: readonly string[] }> {
  const sql = postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    const functions = await sql<{ text: string }[]>`
      SELECT pg_get_functiondef(p.oid) AS text FROM pg_proc p
      WHERE p.pronamespace = 'breakglass'::regnamespace AND p.prokind = 'f'`;
    const texts = functions.map(({ text }) => ({ was: text, is: text }));
    const cut: string[] = [];
    const missing: string[] = [];
    for (const { what, pattern, replacement } of CUTS) {
      const hit = texts.filter(({ is }) => pattern.test(is));
      for (const one of hit) one.is = one.is.replace(pattern, () => replacement);
      (hit.length > 0 ? cut : missing).push(what);
    }
    if (missing.length > 0) return { cut, missing };
    await sql.unsafe(`
      CREATE SEQUENCE breakglass.floor_seq START 1000000;
      CREATE SEQUENCE breakglass.floor_n START 1000;
      GRANT USAGE ON SEQUENCE breakglass.floor_seq, breakglass.floor_n TO PUBLIC`);
    for (const { was, is } of texts) if (is !== was) await sql.unsafe(is);
    return { cut, missing };
  } finally {
    await sql.end();
  }
}
