import type { BypassRecord, Posted } from "../../usecases/ports.js";
import type { Workspace } from "./shapes.js";

/** Slack's own address of a message; `null` while it is not known at which workspace it stands. */
export function permalink(home: Workspace | null, { channel, ts }: Posted): string | null {
  return home === null || home.url === null ? null : `${home.url}archives/${channel}/p${ts.replace(".", "")}`;
}

/**
 * Where people read of a bypass and answer it, for those who come from outside of Slack: the alert; as long as that does
 * not stand, its channel or the workspace; `null` while the workspace is not known.
 */
export function addressOf(home: Workspace | null, { state }: BypassRecord): string | null {
  const { alert, channel } = state;
  if (alert !== null && "ts" in alert) return permalink(home, alert);
  if (home === null || home.url === null) return null;
  return channel.startsWith("#") ? home.url : `${home.url}archives/${channel}`;
}
