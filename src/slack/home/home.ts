import type { HomeView } from "@slack/types";
import { NoPlace } from "../../lib/concurrency-limit.js";
import type { Breakglass } from "../../usecases/api.js";
import type { Log } from "../../usecases/ports/ports.js";
import { withUrgency } from "../../usecases/ports/urgency.js";
import { section } from "../block-kit/blocks.js";
import { classify } from "../delivery/classify.js";
import { NO_SUCH_USER } from "../directory/directory.js";
import { refusalText } from "../refusals.js";
import { homeView } from "./view.js";

/** Keeps the App Homes of all people who have opened one up to date. */
export interface Homes {
  /** Updates a Home when its person opens it, and from then on whenever something changes. */
  opened(user: string): Promise<void>;
  /** Call when something changes: open Homes are updated soon after, several changes in one update. Returns at once. */
  changed(): void;
  /** Stops all updates. */
  stop(): void;
}

/** The use cases that Homes are rendered from. */
export type HomeSource = Pick<Breakglass, "home" | "homeOpened" | "homeViewers" | "inForce">;

/** Publishes a view on a person's Home. Rejects with the error of Slack's client. */
export type PublishHome = (user: string, view: HomeView) => Promise<unknown>;

/** How long changes are collected before an update, in milliseconds: in an emergency several come at once. */
const COLLECT_MS = 1_000;
/** The shortest time between two updates of one Home, in milliseconds. */
const MIN_INTERVAL_MS = 3_000;
/** The delay before a retry, in milliseconds, when Slack or the database does not answer. */
const RETRY_MS = 30_000;
/** After this many failed attempts, a Home is left until the next change or opening. */
const MAX_ATTEMPTS = 5;
/** How long a Home that nobody can see is left out of updates, in milliseconds, unless it is opened. */
const LEFT_OUT_MS = 3_600_000;
/** The most people who are remembered to have opened their Home here. */
const MOST_REMEMBERED = 300;

/** Updates Homes on opening and on change, one at a time and in the background, so that no commit waits for them. */
export function createHomes(publish: PublishHome, source: HomeSource, log: Log): Homes {
  /** People whose Home is out of date, in order, with the number of failed attempts. */
  const stale = new Map<string, number>();
  /** People whose Home was updated less than {@link MIN_INTERVAL_MS} ago. */
  const recent = new Set<string>();
  /** Accounts that cannot see a Home. Whoever has the run-time password can say that any account has opened one. */
  const leftOut = new Set<string>();
  /** Who opened their Home in this process, the latest last: no made-up viewer in the database displaces them. */
  const remembered = new Set<string>();
  let hasChanged = false;
  let stopped = false;
  let running = false;
  let timer: NodeJS.Timeout | undefined;

  const leaveOut = (user: string): void => {
    leftOut.add(user);
    setTimeout(() => leftOut.delete(user), LEFT_OUT_MS).unref();
  };

  const remember = (user: string): void => {
    leftOut.delete(user);
    remembered.delete(user);
    remembered.add(user);
    for (const first of remembered) if (remembered.size > MOST_REMEMBERED) remembered.delete(first);
  };

  /** @returns the pause before the next update, in milliseconds; 0 when Slack answers */
  const update = async (user: string): Promise<number> => {
    const attempts = (stale.get(user) ?? 0) + 1;
    // Removed before the content is read, so that a later change marks it stale again.
    stale.delete(user);
    recent.add(user);
    try {
      const drawn = await viewOf(source, user).catch((error: unknown) => {
        if (error instanceof NoPlace) throw error;
        log.warn("slack.home_not_read", { error });
      });
      if (drawn?.isStranger === true) leaveOut(user);
      // A stranger who opens it is told so; nobody else looks at it.
      if (drawn !== undefined && (!drawn.isStranger || remembered.has(user))) await publish(user, drawn.view);
      return 0;
    } catch (error) {
      if (error instanceof NoPlace) {
        stale.set(user, attempts - 1);
        return MIN_INTERVAL_MS;
      }
      const failure = classify(error);
      log.warn("slack.home_not_drawn", { code: failure.code, error });
      if (failure.kind === "refused") {
        if (NO_SUCH_USER.has(failure.code)) leaveOut(user);
        return 0;
      }
      if (attempts < MAX_ATTEMPTS) stale.set(user, attempts);
      return failure.kind === "later" ? Math.max(failure.retryAfterMs, MIN_INTERVAL_MS) : RETRY_MS;
    } finally {
      setTimeout(() => recent.delete(user), MIN_INTERVAL_MS).unref();
    }
  };

  /** @returns milliseconds until the next run; `null` when nothing is left */
  const updateStale = async (): Promise<number | null> => {
    if (hasChanged) {
      hasChanged = false;
      for (const user of [...remembered, ...(await source.homeViewers())]) if (!leftOut.has(user)) stale.set(user, 0);
    }
    for (const user of [...stale.keys()]) {
      if (stopped) return null;
      const pause = recent.has(user) ? 0 : await update(user);
      if (pause > 0) return pause;
    }
    return stale.size > 0 ? MIN_INTERVAL_MS : null;
  };

  const schedule = (pauseMs: number): void => {
    if (stopped || running || timer !== undefined) return;
    timer = setTimeout(async () => {
      timer = undefined;
      running = true;
      const nextRunMs = await withUrgency("upkeep", updateStale).catch((error: unknown) => {
        log.warn("slack.homes_not_drawn", { error });
        hasChanged = true;
        return RETRY_MS;
      });
      running = false;
      const next = nextRunMs ?? (hasChanged ? COLLECT_MS : null);
      if (next !== null) schedule(next);
    }, pauseMs);
    // Does not keep the process alive.
    timer.unref();
  };

  return {
    opened: async (user) => {
      remember(user);
      // Whoever was drawn this moment is known already: opening it in a loop costs nothing but the next update.
      if (recent.has(user)) stale.set(user, 0);
      else await source.homeOpened({ user });
      const pause = recent.has(user) ? 0 : await update(user);
      if (stale.size > 0) schedule(Math.max(pause, MIN_INTERVAL_MS));
    },
    changed: () => {
      hasChanged = true;
      schedule(COLLECT_MS);
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** `isStranger` is true for an account that is known to be no member. */
async function viewOf(source: HomeSource, user: string): Promise<{ view: HomeView; isStranger: boolean }> {
  const board = await source.home({ user });
  const inForce = source.inForce();
  if (board.ok) return { view: homeView(board, user, inForce.policy), isStranger: false };
  const about = { tried: "look", n: null, record: null, inForce, style: "mrkdwn" } as const;
  const text = refusalText({ ...about, refusal: board });
  return { view: { type: "home", blocks: [section(text)] }, isStranger: board.code !== "unverifiable" };
}
