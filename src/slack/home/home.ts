import type { HomeView } from "@slack/types";
import type { Breakglass } from "../../usecases/api.js";
import type { Log } from "../../usecases/ports.js";
import { section } from "../block-kit/blocks.js";
import { classify } from "../delivery/classify.js";
import { refusalText } from "../refusals.js";
import { homeView } from "./view.js";

/** The App Home of everybody who has opened it. */
export interface Homes {
  /** Somebody opens it: it is drawn, and from now on drawn again when something changes. */
  opened(user: string): Promise<void>;
  /** Something has changed: those who look are shown it, a moment later and all changes at once. Returns at once. */
  changed(): void;
  /** Draws nothing more. */
  stop(): void;
}

/** What the Homes are drawn from. */
export type HomeSource = Pick<Breakglass, "home" | "homeOpened" | "homeViewers" | "inForce">;

/** Puts a view on somebody's Home; rejects with the fault of Slack's client. */
export type PublishHome = (user: string, view: HomeView) => Promise<unknown>;

/** So long changes are gathered, in milliseconds: in an emergency several come at a time. */
const GATHER_MS = 1_000;
/** A Home is drawn again so many milliseconds after it was drawn last, at the soonest. */
const REST_MS = 3_000;
/** Where Slack did not answer, or the database: so long nobody else's Home is tried, in milliseconds. */
const AGAIN_MS = 30_000;
/** After so many attempts a Home is left to the next change or opening. */
const TRIES = 5;

/** Draws the Home, on opening and on change: one after the other and behind everything else, so that no commit waits for it. */
export function createHomes(publish: PublishHome, boards: HomeSource, log: Log): Homes {
  /** Those whose Home shows something old, with the attempts that failed. The order is that in which they are drawn. */
  const stale = new Map<string, number>();
  const resting = new Set<string>();
  let hasChanged = false;
  let stopped = false;
  let atWork = false;
  let timer: NodeJS.Timeout | undefined;

  /** @returns for how long nobody else need be tried, in milliseconds; 0: Slack answers */
  const draw = async (user: string): Promise<number> => {
    const tries = (stale.get(user) ?? 0) + 1;
    // Before the board is read: what changes after that makes it stale again.
    stale.delete(user);
    resting.add(user);
    try {
      const view = await viewOf(boards, user).catch((error: unknown) => log.warn("slack.home_not_read", { error }));
      if (view !== undefined) await publish(user, view);
      return 0;
    } catch (error) {
      const failure = classify(error);
      log.warn("slack.home_not_drawn", { code: failure.code, error });
      if (failure.kind === "refused") return 0;
      if (tries < TRIES) stale.set(user, tries);
      return failure.kind === "later" ? Math.max(failure.retryAfterMs, REST_MS) : AGAIN_MS;
    } finally {
      setTimeout(() => resting.delete(user), REST_MS).unref();
    }
  };

  /** @returns after how many milliseconds there is more to draw; `null`: nothing is left */
  const drawStale = async (): Promise<number | null> => {
    if (hasChanged) {
      hasChanged = false;
      for (const user of await boards.homeViewers()) stale.set(user, 0);
    }
    for (const user of [...stale.keys()]) {
      if (stopped) return null;
      const pause = resting.has(user) ? 0 : await draw(user);
      if (pause > 0) return pause;
    }
    return stale.size > 0 ? REST_MS : null;
  };

  const drawAfter = (pauseMs: number): void => {
    if (stopped || atWork || timer !== undefined) return;
    timer = setTimeout(async () => {
      timer = undefined;
      atWork = true;
      const left = await drawStale().catch((error: unknown) => {
        log.warn("slack.homes_not_drawn", { error });
        hasChanged = true;
        return AGAIN_MS;
      });
      atWork = false;
      const next = left ?? (hasChanged ? GATHER_MS : null);
      if (next !== null) drawAfter(next);
    }, pauseMs);
    // Nobody waits for a Home at the end of the process.
    timer.unref();
  };

  return {
    opened: async (user) => {
      await boards.homeOpened({ user });
      if (resting.has(user)) stale.set(user, 0);
      const pause = resting.has(user) ? 0 : await draw(user);
      if (stale.size > 0) drawAfter(Math.max(pause, REST_MS));
    },
    changed: () => {
      hasChanged = true;
      drawAfter(GATHER_MS);
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

async function viewOf(boards: HomeSource, user: string): Promise<HomeView> {
  const board = await boards.home({ user });
  const inForce = boards.inForce();
  if (board.ok) return homeView(board, user, inForce.policy);
  const about = { tried: "look", n: null, record: null, inForce, style: "mrkdwn" } as const;
  const text = refusalText({ ...about, refusal: { code: board.code } });
  return { type: "home", blocks: [section(text)] };
}
