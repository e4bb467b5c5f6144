import { useEffect, useState } from "react";
import { CAST, INCIDENTS } from "../cast.js";

/** The current person and what is open. Kept in the URL, so that each tab can act as someone else. */
export interface Place {
  readonly as: string;
  /** A conversation's id, or `home`. */
  readonly at: string;
  readonly thread: string | null;
}

/** A text to be written in a channel by someone. */
export interface Draft {
  /** `null` for the current person. */
  readonly as: string | null;
  readonly channel: string;
  readonly text: string;
}

/** The first place, and the place of an invalid URL. */
export const START: Place = { as: CAST.priya, at: INCIDENTS, thread: null };

function read(): Place {
  const words = new URLSearchParams(window.location.hash.slice(1));
  return { as: words.get("as") ?? START.as, at: words.get("at") ?? START.at, thread: words.get("thread") };
}

/** The current place, and a function that changes it. */
export function usePlace(): readonly [Place, (change: Partial<Place>) => void] {
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const moved = (): void => setPlace(read());
    window.addEventListener("hashchange", moved);
    return () => window.removeEventListener("hashchange", moved);
  }, []);
  const go = (change: Partial<Place>): void => {
    const { as, at, thread } = { ...read(), ...change };
    window.location.hash = new URLSearchParams({ as, at, ...(thread === null ? {} : { thread }) }).toString();
  };
  return [place, go];
}
