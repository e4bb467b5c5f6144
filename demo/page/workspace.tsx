import { createContext, type ReactNode, useContext } from "react";
import type { Act } from "../workspace/acts.js";
import type { Move } from "../workspace/clock.js";
import type { Done, Snapshot } from "../workspace/contract.js";
import type { GuideState } from "./guide-progress.js";
import type { Draft, Place } from "./place.js";

/** What every part of the page needs: the current screen and its actions. */
export interface Workspace {
  readonly screen: Snapshot;
  readonly place: Place;
  readonly go: (change: Partial<Place>) => void;
  /** Performs an action as the current person. A failure is shown as a note. */
  readonly act: (asked: Act) => Promise<Done>;
  /** Moves the clock forward. A failure is shown as a note. */
  readonly move: (to: Move) => Promise<void>;
  /** A draft that waits to be put into a composer. */
  readonly drafted: Draft | null;
  /** Opens the draft's conversation, puts the draft into its composer and focuses it; `null` withdraws the draft. */
  readonly draft: (draft: Draft | null) => void;
  readonly guide: GuideState;
}

const Context = createContext<Workspace | null>(null);

/** Provides the workspace to its children. */
export function WorkspaceProvider({ value, children }: { value: Workspace; children: ReactNode }) {
  return <Context value={value}>{children}</Context>;
}

/** The workspace of this part of the page. */
export function useWorkspace(): Workspace {
  const workspace = useContext(Context);
  if (workspace === null) throw new Error("There is no workspace around this part of the page.");
  return workspace;
}

/** The display name of a person, the bot or a group. */
export function nameOf(screen: Snapshot, id: string): string {
  if (id === screen.bot.user) return screen.bot.name;
  const person = screen.people.find((one) => one.id === id);
  return person?.displayName ?? person?.name ?? id;
}

/** The time zone of the current person. */
export const zoneOf = (screen: Snapshot): string => screen.people.find(({ id }) => id === screen.me)?.tz ?? "UTC";
