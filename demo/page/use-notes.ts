import { useEffect, useRef, useState } from "react";
import type { Snapshot } from "../workspace/contract.js";
import type { Note } from "./notes.js";
import { nameOf } from "./workspace.js";

/** News disappears after this time. Problems stay until they are closed or replaced. */
const NEWS_MS = 8_000;
const MOST = 3;

/** The notes over the page: problems with the visitor's own actions, and news about others. */
export function useNotes(screen: Snapshot | null) {
  const [notes, setNotes] = useState<readonly Note[]>([]);
  const count = useRef(0);
  const add = (words: string, tone: Note["tone"]): void => {
    count.current += 1;
    const id = count.current;
    // A new note replaces the same note; news replaces older news.
    const stays = (one: Note): boolean => one.words !== words && (tone === "problem" || one.tone === "problem");
    setNotes((before) => [...before.filter(stays), { id, words, tone }].slice(-MOST));
    if (tone === "news") window.setTimeout(() => close(id), NEWS_MS);
  };
  const close = (id: number): void => setNotes((before) => before.filter((one) => one.id !== id));
  // Acting as someone else clears the news.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each person.
  useEffect(() => setNotes((before) => before.filter(({ tone }) => tone === "problem")), [screen?.me]);
  useNewsOfOthers(screen, (words) => add(words, "news"));
  useRefusals(screen, (words) => add(words, "problem"));
  return { notes, addProblem: (words: string) => add(words, "problem"), close };
}

/** Adds news when the bot has written to someone else. */
function useNewsOfOthers(screen: Snapshot | null, say: (words: string) => void): void {
  const before = useRef(new Map<string, number>());
  useEffect(() => {
    if (screen === null) return;
    const known = before.current.size > 0;
    const others = screen.people.filter(({ id }) => id !== screen.me);
    const isNews = others.some(({ id, waiting }) => waiting > (before.current.get(id) ?? 0));
    before.current = new Map(screen.people.map(({ id, waiting }) => [id, waiting]));
    if (!known || !isNews) return;
    const names = others.flatMap(({ id, waiting }) => (waiting > 0 ? [nameOf(screen, id)] : []));
    say(`A direct message of Breakglass waits for ${listed(names)}: choose them under “Act as”.`);
  });
}

/** Adds a problem when Slack would refuse a call of the bot. */
function useRefusals(screen: Snapshot | null, say: (words: string) => void): void {
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (screen === null) return;
    const before = known.current;
    known.current = new Set(screen.refused.map(({ id }) => id));
    // Skips refusals from before the first screen.
    for (const { id, what, why } of before === null ? [] : screen.refused)
      if (!before?.has(id)) say(`Slack does not take this of the app: ${what}, ${why}`);
  });
}

const listed = (names: readonly string[]): string => new Intl.ListFormat("en-GB").format(names);
