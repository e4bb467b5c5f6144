import { useEffect, useState } from "react";
import type { Move } from "../workspace/clock.js";
import { fullTime } from "./times.js";
import { useWorkspace, zoneOf } from "./workspace.js";

const MOVES: readonly { readonly to: Move; readonly words: string }[] = [
  { to: "minutes", words: "+5 min" },
  { to: "hour", words: "+1 hour" },
  { to: "end", words: "End of grant" },
  { to: "tomorrow", words: "Tomorrow" },
  { to: "week", words: "+1 week" },
];

/** The clock of the workspace, with buttons that move it forward. */
export function Clock() {
  const { screen, move } = useWorkspace();
  const { clock } = screen;
  const now = useNow(clock.now);
  const zone = zoneOf(screen);
  return (
    <fieldset className="clock" aria-label="Move the clock of this workspace on">
      <span className="now">
        <time dateTime={new Date(now).toISOString()}>{fullTime(now, zone)}</time>
        <span className="small-print">
          {clock.moving === null ? zone : `moving on… ${Math.round(clock.moving * 100)} %`}
        </span>
      </span>
      {MOVES.map(({ to, words }) => (
        <button
          key={to}
          type="button"
          className="button quiet"
          disabled={clock.moving !== null || (to === "end" && clock.nextEnd === null)}
          onClick={() => void move(to)}
        >
          {words}
        </button>
      ))}
    </fieldset>
  );
}

/** The current time, which ticks on from the last snapshot (epoch milliseconds). */
function useNow(snapshotTime: number): number {
  const [now, setNow] = useState(snapshotTime);
  useEffect(() => {
    const since = performance.now();
    setNow(snapshotTime);
    const timer = window.setInterval(() => setNow(snapshotTime + performance.now() - since), 1_000);
    return () => window.clearInterval(timer);
  }, [snapshotTime]);
  return now;
}
