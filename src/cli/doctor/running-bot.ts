import { z } from "zod";
import type { Trouble } from "../../usecases/ports/ports.js";
import { isWord, READYZ_WORDS, wordOf } from "../../usecases/ports/readyz-words.js";
import { type Finding, findingsOf, type Outcome } from "./finding.js";
import type { Setup } from "./setup.js";

const readyz = z.object({ down: z.array(z.string()), degraded: z.array(z.string()) });
const LOOK_MS = 4_000;

/** What the bot on this machine says of itself, if one runs: some faults show only while it works. */
export async function checkRunningBot({ config }: Setup): Promise<Outcome> {
  const { port, host } = config.http;
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const where = `http://${name.includes(":") ? `[${name}]` : name}:${port}/readyz`;
  try {
    const answer = await fetch(where, { signal: AbortSignal.timeout(LOOK_MS) });
    const { down, degraded } = readyz.parse(await answer.json());
    return findingsOf("running bot", [...down, ...degraded].map(troubleOfEntry));
  } catch {
    return { skipped: `no bot answers at ${where}` };
  }
}

/** What an entry of `/readyz` says. A bot of another release may have words of its own. */
export function troubleOfEntry(entry: string): Trouble {
  const word = wordOf(entry);
  if (!isWord(word))
    return { word: null, problem: entry, fix: "The documentation of the bot's release says what it means." };
  const ids = entry.slice(word.length + 1).trim();
  return ids === "" ? { word } : { word, problem: `${READYZ_WORDS[word].means.replace(/\.$/, "")}: ${ids}.` };
}

/** Leaves out what the bot says under a word that a check of its own has said more exactly. */
export function withoutRepetition(findings: readonly Finding[]): readonly Finding[] {
  const said = new Set(findings.flatMap(({ check, word }) => (check === "running bot" || word === null ? [] : [word])));
  return findings.filter(({ check, word }) => check !== "running bot" || word === null || !said.has(word));
}
