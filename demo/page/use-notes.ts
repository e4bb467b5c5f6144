import { useEffect, useRef, useState } from "react";
import type { Snapshot } from "../workspace/contract.js";
import type { Note } from "./notes.js";
import { nameOf } from "./workspace.js";

/** News is gone after a while; what did not work out stays until it is closed or overtaken. */
const NEWS_MS = 8_000;
const MOST = 3;

/** The notes over the page: what is told of one's own doing, and news of others. */
export function useNotes(screen: Snapshot | null) {
  const [notes, setNotes] = useState<readonly Note[]>([]);
  const count = useRef(0);
  const add = (words: string, tone: Note["tone"]): void => {
    count.current += 1;
    const id = count.current;
    // News of the same kind take the place of the older ones.
    const stays = (one: Note): boolean => one.words !== words && (tone === "told" || one.tone === "told");
    setNotes((before) => [...before.filter(stays), { id, words, tone }].slice(-MOST));
    if (tone === "news") window.setTimeout(() => close(id), NEWS_MS);
  };
  const close = (id: number): void => setNotes((before) => before.filter((one) => one.id !== id));
  // Whoever has become somebody else has heard the news.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each person.
  useEffect(() => setNotes((before) => before.filter(({ tone }) => tone === "told")), [screen?.me]);
  useNewsOfOthers(screen, (words) => add(words, "news"));
  useRefusals(screen, (words) => add(words, "told"));
  return { notes, tell: (words: string) => add(words, "told"), close };
}

/** A sign that somebody else is paged. */
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

/** What Slack would refuse of the bot is shown, and not smoothed over. */
function useRefusals(screen: Snapshot | null, say: (words: string) => void): void {
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (screen === null) return;
    const before = known.current;
    known.current = new Set(screen.refused.map(({ id }) => id));
    // What was refused before one came here is no news.
    for (const { id, what, why } of before === null ? [] : screen.refused)
      if (!before?.has(id)) say(`Slack does not take this of the app: ${what}, ${why}`);
  });
}

const listed = (names: readonly string[]): string => new Intl.ListFormat("en-GB").format(names);
