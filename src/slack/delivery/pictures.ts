import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Charts, Log } from "../../usecases/ports/ports.js";
import { escapeMarkup } from "../block-kit/escape.js";
import { LIMITS } from "../block-kit/limits.js";

/** A picture on its way to one person. */
export interface Picture {
  readonly to: string;
  readonly name: string;
  readonly title: string;
  /** What the picture says, in words: its description for screen readers, and the message beside it. */
  readonly text: string;
  readonly draw: (charts: Charts) => Promise<Uint8Array>;
}

/** Sends pictures by direct message. Never throws: `false` when one could not be sent, and the log says why. */
export interface Pictures {
  send(picture: Picture): Promise<boolean>;
}

const UPLOAD_MS = 5_000;

const opened = z.object({ channel: z.object({ id: z.string() }) });
const announced = z.object({ upload_url: z.url(), file_id: z.string() });

/**
 * Uploads in three steps: announce, send, share into the direct message. A picture in the answer to a command would have to
 * be processed by Slack before the answer, and the whole answer would be lost with it.
 */
export function createPictures(web: WebClient, charts: Charts, log: Log): Pictures {
  return {
    send: async ({ to, name, title, text, draw }) => {
      try {
        const [png, dm] = await Promise.all([draw(charts), web.conversations.open({ users: to })]);
        const alt_text = plain(text).slice(0, LIMITS.fileDescription);
        const upload = announced.parse(
          await web.files.getUploadURLExternal({ filename: name, length: png.length, alt_text }),
        );
        await sendBytes(upload.upload_url, png);
        await web.files.completeUploadExternal({
          files: [{ id: upload.file_id, title }],
          channel_id: opened.parse(dm).channel.id,
          initial_comment: escapeMarkup(title),
        });
        return true;
      } catch (error) {
        log.warn("slack.picture_not_sent", { error });
        return false;
      }
    },
  };
}

async function sendBytes(url: string, bytes: Uint8Array): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    body: new Blob([new Uint8Array(bytes)]),
    redirect: "error",
    signal: AbortSignal.timeout(UPLOAD_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`Slack answered ${response.status} to the upload.`);
}

/** Markup is not read aloud. */
const plain = (mrkdwn: string): string => mrkdwn.replace(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, "$1").replace(/[*`<>]/g, "");
