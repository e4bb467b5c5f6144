import { createPlaces } from "../../lib/concurrency-limit.js";
import type { Precedence } from "../../lib/precedence.js";
import type { Charts } from "../../usecases/ports/ports.js";

/** Drawing blocks the one event loop for about a tenth of a second. So one picture is drawn at a time, and few wait. */
export const DRAWINGS = { atOnce: 1, waiting: 10 } as const;

/** How long a picture waits for what goes first, in milliseconds. Its numbers are told in words already. */
const YIELD_MS = 10_000;

/** The same charts, each drawn when nobody acts. They throw `NoPlace` when too many wait. */
export function drawnInTurn(charts: Charts, precedence: Precedence): Charts {
  const places = createPlaces(DRAWINGS);
  const draw = (work: () => Promise<Uint8Array>): Promise<Uint8Array> =>
    places.run(async () => {
      await precedence.quiet(YIELD_MS);
      return work();
    });
  return {
    gates: (content) => draw(() => charts.gates(content)),
    history: (content) => draw(() => charts.history(content)),
  };
}
