import type { ServerResponse } from "node:http";
import { type CastMember, ROLES_TO_PLAY } from "../cast.js";
import type { DemoEnvironment } from "../environment.js";
import { readAppManifest, type SlackDouble } from "../slack/index.js";
import { createClock, type Move } from "./clock.js";
import type { Done } from "./contract.js";
import type { Seen } from "./seen.js";
import { snapshotOf } from "./snapshot.js";

/** Changes within this time are sent in one snapshot. */
const TOGETHER_MS = 15;
/** The page's clock runs by itself; a snapshot at this interval corrects it. */
const HEARTBEAT_MS = 15_000;

const NOT_MOVED = {
  busy: "The clock is being moved already.",
  nowhere: "No gate is open, so no end is near.",
} as const;

/** The screens of all open tabs, each as its person would see it. */
export interface Screens {
  readonly slack: SlackDouble;
  /** Sends this person's screen as server-sent events: at once and after each change. */
  follow(user: string, response: ServerResponse): Promise<void>;
  /** Marks the conversation as read for this person. */
  look(user: string, channel: string): Promise<Done>;
  move(to: Move): Promise<Done>;
  /** The content of an uploaded file. */
  file(id: string): Buffer | null;
  close(): void;
}

/** The environment and the clock of the screens. */
export interface ScreensOptions {
  readonly environment: DemoEnvironment;
  readonly seen: Seen;
  /** Epoch milliseconds on the workspace's clock. */
  readonly now: () => number;
  /** The people to act as. Default: those of the story. */
  readonly cast?: readonly CastMember[];
}

/** Sends new snapshots whenever something changes in the workspace. */
export function createScreens({ environment, seen, now, cast = ROLES_TO_PLAY }: ScreensOptions): Screens {
  const { slack } = environment;
  const app = readAppManifest();
  const followers = new Map<ServerResponse, string>();
  const late = new Set<ServerResponse>();
  let timer: NodeJS.Timeout | null = null;

  const send = async (to: readonly (readonly [ServerResponse, string])[]): Promise<void> => {
    const shown = await clock.shown();
    const drawn = new Map<string, string>();
    for (const [response, user] of to) {
      // A slow reader gets the newest snapshot afterwards, not every one in between.
      if (response.writableNeedDrain) {
        late.add(response);
        continue;
      }
      const screen = drawn.get(user) ?? JSON.stringify(snapshotOf({ slack, app, cast, seen, clock: shown }, user));
      drawn.set(user, screen);
      response.write(`data: ${screen}\n\n`);
    }
  };
  const drawn = (): void => {
    timer = null;
    // The database may be away for a moment; the next change sends again.
    send([...followers]).catch(() => {});
  };
  const changed = (): void => {
    timer ??= setTimeout(drawn, TOGETHER_MS);
  };
  // Also notifies the keeper: the time has changed even if nothing else has.
  const clock = createClock(environment, now, () => slack.record.changed());
  const stopListening = slack.record.onChange(changed);
  const heartbeat = setInterval(changed, HEARTBEAT_MS);

  return {
    slack,
    follow: async (user, response) => {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      followers.set(response, user);
      response.once("close", () => {
        followers.delete(response);
        late.delete(response);
      });
      response.on("drain", () => {
        if (late.delete(response)) send([[response, user]]).catch(() => {});
      });
      await send([[response, user]]);
    },
    look: async (user, channel) => {
      seen.look(user, channel);
      return { ok: true };
    },
    move: async (to) => {
      const moved = await clock.move(to);
      return moved === "moved" ? { ok: true } : { ok: false, told: NOT_MOVED[moved] };
    },
    file: (id) => slack.record.uploads.find((one) => one.id === id)?.content ?? null,
    close: () => {
      stopListening();
      clearInterval(heartbeat);
      if (timer !== null) clearTimeout(timer);
      for (const response of followers.keys()) response.end();
    },
  };
}
