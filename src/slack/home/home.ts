import type { HomeView } from "@slack/types";
import type { Breakglass } from "../../usecases/api.js";
import type { Log } from "../../usecases/ports/ports.js";
import { section } from "../block-kit/blocks.js";
import { classify } from "../delivery/classify.js";
import { refusalText } from "../refusals.js";
import { homeView } from "./view.js";

/** The App Homes of everybody who has opened one. */
export interface Homes {
  /** Renders the Home of a person who opens it, and from now on whenever something changes. */
  opened(user: string): Promise<void>;
  /** Something has changed: open Homes are updated a moment later, several changes at a time. Returns at once. */
  changed(): void;
  /** Publishes nothing more. */
  stop(): void;
}

/** What Homes are rendered from. */
export type HomeSource = Pick<Breakglass, "home" | "homeOpened" | "homeViewers" | "inForce">;

/** Publishes a view on a person's Home; rejects with the error of Slack's client. */
export type PublishHome = (user: string, view: HomeView) => Promise<unknown>;

/** How long changes are gathered, in milliseconds: in an emergency several come at a time. */
const GATHER_MS = 1_000;
/** The shortest time between two updates of one Home, in milliseconds. */
const REST_MS = 3_000;
/** The pause, in milliseconds, after Slack or the database did not answer. */
const AGAIN_MS = 30_000;
/** After this many attempts a Home waits for the next change or opening. */
const TRIES = 5;

/** Updates Homes on opening and on change, one after the other and in the background, so that no commit waits for them. */
export function createHomes(publish: PublishHome, boards: HomeSource, log: Log): Homes {
  /** People whose Home is out of date, with the number of failed attempts, in the order of their turn. */
  const stale = new Map<string, number>();
  const resting = new Set<string>();
  let hasChanged = false;
  let stopped = false;
  let atWork = false;
  let timer: NodeJS.Timeout | undefined;

  /** @returns how long to pause, in milliseconds; 0 when Slack answers */
  const draw = async (user: string): Promise<number> => {
    const tries = (stale.get(user) ?? 0) + 1;
    // Before the content is read: a later change makes it stale again.
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

  /** @returns after how many milliseconds to go on; `null` when nothing is left */
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
    // The process may end without it.
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
