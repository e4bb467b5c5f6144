import { section } from "../block-kit/blocks.js";
import type { MessageBody } from "./context.js";

/**
 * The message in an alert channel that the trail lacks what Slack shows. Why it does, the bot cannot tell: a backup was
 * restored, or it was given a new database. The message does not change: the gap stays.
 */
export function gapMessage(): MessageBody {
  const head =
    "*The record of Breakglass lacks what it told here before:* it was restored from a backup, or begun anew in an empty database.";
  const lost =
    "A bypass that is not in it is lost, and the buttons of its messages do nothing any more. An approval that is not in it does not count: its gates hold until somebody approves again. Numbers may be given a second time; each message means the bypass that it was posted for.";
  const next =
    "What is still needed is requested anew with `/breakglass`; `/breakglass status` lists what is open now. Pages that waited in the backup were not sent again. Whoever runs Breakglass finds the steps in docs/operating/backup.md, under Restoring a backup.";
  return {
    text: [head, lost, next].join(" ").replaceAll("*", ""),
    blocks: [section(head, "gap"), section(lost, "gap-lost"), section(next, "gap-next")],
  };
}
