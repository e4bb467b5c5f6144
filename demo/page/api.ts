import type { Act } from "../workspace/acts.js";
import type { Move } from "../workspace/clock.js";
import type { Done, Snapshot } from "../workspace/contract.js";

const GONE: Done = {
  ok: false,
  told: "The demo does not answer. Is it still running in the terminal? Nothing was done.",
};

async function post(path: string, body: object): Promise<Done> {
  try {
    const response = await fetch(path, { method: "POST", body: JSON.stringify(body) });
    const done: Done = await response.json();
    return done;
  } catch {
    return GONE;
  }
}

/** Performs an action as this person. */
export const doAs = (user: string, act: Act): Promise<Done> => post(`/api/act/${user}`, act);
/** Marks the conversation as read for this person. */
export const lookAs = (user: string, channel: string): Promise<Done> => post(`/api/look/${user}`, { channel });
/** Moves the workspace's clock forward. */
export const moveClock = (to: Move): Promise<Done> => post("/api/clock", { to });

/**
 * Follows one person's screen; the returned function stops. The browser reconnects a broken connection. A hidden tab closes
 * its connection: a browser has six per host for all its tabs, and with all six in use no click would reach the server.
 */
export function follow(
  user: string,
  onScreen: (screen: Snapshot) => void,
  onAway: (away: boolean) => void,
  onNobody: () => void,
) {
  const open = (): EventSource => {
    const events = new EventSource(`/api/screen/${user}`);
    events.onmessage = (event: MessageEvent<string>) => {
      const screen: Snapshot = JSON.parse(event.data);
      onAway(false);
      onScreen(screen);
    };
    // Closed for good: the server is there and refused.
    events.onerror = () => (events.readyState === EventSource.CLOSED ? onNobody() : onAway(true));
    return events;
  };
  let events: EventSource | null = null;
  const seenOrNot = (): void => {
    if (document.visibilityState === "visible") {
      events ??= open();
    } else {
      events?.close();
      events = null;
    }
  };
  seenOrNot();
  document.addEventListener("visibilitychange", seenOrNot);
  return () => {
    document.removeEventListener("visibilitychange", seenOrNot);
    events?.close();
  };
}
