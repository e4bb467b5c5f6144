import type { Posted } from "../usecases/ports.js";
import type { Home } from "./directory/shapes.js";

/** Slack's own address of a message; `null` while it is not known at which workspace it stands. */
export function permalink(home: Home | null, { channel, ts }: Posted): string | null {
  return home === null || home.url === null ? null : `${home.url}archives/${channel}/p${ts.replace(".", "")}`;
}
