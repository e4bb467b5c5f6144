import postgres from "postgres";

/** What is taken out of the functions, by their own text. `null`: that text is not there (any more). */
interface Cut {
  readonly what: string;
  readonly pattern: RegExp;
  readonly instead: string;
}

/**
 * Numbers come from sequences, since without the lock there is no head to count from: a batch takes 1,024 of them, so
 * that its entries have room.
 */
const CUTS: readonly Cut[] = [
  {
    what: "the lock on the head",
    pattern: /UPDATE breakglass\.head SET seq = seq(?: WHERE [^;]*)?;/,
    instead: "",
  },
  {
    what: "the reading of the head",
    pattern: /SELECT h\.seq, h\.hash INTO STRICT at_seq, chain FROM breakglass\.head h;/,
    instead: `at_seq := nextval('breakglass.floor_seq') * 1024; chain := decode(repeat('00', 32), 'hex');`,
  },
  {
    what: "the writing of the head",
    pattern: /UPDATE breakglass\.head SET seq = at_seq, hash = chain;/,
    instead: "",
  },
  {
    what: "the hash of the body",
    pattern: /sha256\('\\x00'::bytea \|\| convert_to\(body, 'UTF8'\)\)/,
    instead: `decode(repeat('00', 32), 'hex')`,
  },
  {
    what: "the hash of the chain",
    pattern: /sha256\('\\x02'::bytea \|\| prev \|\| int8send\(at_seq\) \|\| leaf\)/,
    instead: `decode(repeat('00', 32), 'hex')`,
  },
  {
    what: "the number of a bypass from the highest one",
    pattern: /SELECT coalesce\(max\(x\.n\), 0\) INTO newest FROM breakglass\.bypasses x;/,
    instead: `newest := nextval('breakglass.floor_n') * 1024;`,
  },
];

/**
 * Rewrites the functions of a database of its own from the text that the catalogue holds: the same work, without lock
 * and chain.
 * @returns what was taken out, and what was not found
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
    for (const { what, pattern, instead } of CUTS) {
      const hit = texts.filter(({ is }) => pattern.test(is));
      for (const one of hit) one.is = one.is.replace(pattern, () => instead);
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
