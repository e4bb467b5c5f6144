import { createContext, type ReactNode, useContext } from "react";
import type { Act } from "../workspace/acts.js";
import type { Move } from "../workspace/clock.js";
import type { Done, Snapshot } from "../workspace/contract.js";
import type { GuideState } from "./guide-progress.js";
import type { Draft, Place } from "./place.js";

/** What every part of the page needs: the screen as it stands, and what can be done on it. */
export interface Workspace {
  readonly screen: Snapshot;
  readonly place: Place;
  readonly go: (change: Partial<Place>) => void;
  /** Does it as the person one is; what could not be done is told. */
  readonly act: (asked: Act) => Promise<Done>;
  /** Moves the clock on; that it could not be is told. */
  readonly move: (to: Move) => Promise<void>;
  /** What is to be put into a composer, until it stands there. */
  readonly drafted: Draft | null;
  /** Goes to where it is to be written and puts it into the composer, where the keyboard is then; `null` takes it back. */
  readonly draft: (draft: Draft | null) => void;
  readonly guide: GuideState;
}

const Context = createContext<Workspace | null>(null);

/** Hands the workspace to everything inside. */
export function WorkspaceProvider({ value, children }: { value: Workspace; children: ReactNode }) {
  return <Context value={value}>{children}</Context>;
}

/** The workspace around this part of the page. */
export function useWorkspace(): Workspace {
  const workspace = useContext(Context);
  if (workspace === null) throw new Error("There is no workspace around this part of the page.");
  return workspace;
}

/** The name under which people, the bot and groups are shown. */
export function nameOf(screen: Snapshot, id: string): string {
  if (id === screen.bot.user) return screen.bot.name;
  const person = screen.people.find((one) => one.id === id);
  return person?.displayName ?? person?.name ?? id;
}

/** The time zone in which the person one is reads times. */
export const zoneOf = (screen: Snapshot): string => screen.people.find(({ id }) => id === screen.me)?.tz ?? "UTC";
