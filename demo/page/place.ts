import { useEffect, useState } from "react";
import { CAST, INCIDENTS } from "../cast.js";

/** Where this tab stands: who one is, and what is open. Kept in the address, so that each tab may be somebody else. */
export interface Place {
  readonly as: string;
  /** A conversation's id, or `home`. */
  readonly at: string;
  readonly thread: string | null;
}

/** Something for somebody to write in a channel. */
export interface Draft {
  /** `null`: whoever one is. */
  readonly as: string | null;
  readonly channel: string;
  readonly text: string;
}

/** Where one begins, and where a wrong address leads. */
export const START: Place = { as: CAST.priya, at: INCIDENTS, thread: null };

function read(): Place {
  const words = new URLSearchParams(window.location.hash.slice(1));
  return { as: words.get("as") ?? START.as, at: words.get("at") ?? START.at, thread: words.get("thread") };
}

/** The place, and how to go to another. */
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
