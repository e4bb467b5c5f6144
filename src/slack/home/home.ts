import type { HomeView } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import type { Breakglass } from "../../usecases/api.js";
import type { Log } from "../../usecases/ports.js";
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

/** So long changes are gathered, in milliseconds: in an emergency several come at a time. */
const GATHER_MS = 2_000;

/** Draws the Home, on opening and on change. What could not be drawn is drawn at the next change or opening. */
export function createHomes(web: WebClient, breakglass: Breakglass, log: Log): Homes {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running = Promise.resolve();

  const draw = async (user: string): Promise<void> => {
    const view = await viewOf(breakglass, user);
    await web.views.publish({ user_id: user, view });
  };

  const drawAll = async (): Promise<void> => {
    for (const user of await breakglass.homeViewers()) {
      if (stopped) return;
      await draw(user).catch((error: unknown) => log.warn("slack.home_not_drawn", { error }));
    }
  };

  return {
    opened: async (user) => {
      await breakglass.homeOpened({ user });
      await draw(user);
    },
    changed: () => {
      if (stopped || timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        running = running.then(drawAll).catch((error: unknown) => log.warn("slack.homes_not_drawn", { error }));
      }, GATHER_MS);
      // Nobody waits for a Home at the end of the process.
      timer.unref();
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

async function viewOf(breakglass: Breakglass, user: string): Promise<HomeView> {
  const board = await breakglass.home({ user });
  const inForce = breakglass.inForce();
  if (board.ok) return homeView(board, user, inForce.policy);
  const about = { tried: "look", n: null, record: null, inForce, style: "mrkdwn" } as const;
  const text = refusalText({ ...about, refusal: { code: board.code } });
  return { type: "home", blocks: [{ type: "section", text: { type: "mrkdwn", text, verbatim: true } }] };
}
