import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Fetch } from "../../lib/outbound.js";
import type { Charts, Log } from "../../usecases/ports/ports.js";
import { escapeMarkup } from "../block-kit/escape.js";
import { LIMITS } from "../block-kit/limits.js";

/** A picture to send to one person. */
export interface Picture {
  readonly to: string;
  readonly name: string;
  readonly title: string;
  /** The content of the picture in words: its description for screen readers. */
  readonly text: string;
  readonly render: (charts: Charts) => Promise<Uint8Array>;
}

/** Sends pictures by direct message. Never throws: returns `false` when sending fails, and logs why. */
export interface Pictures {
  send(picture: Picture): Promise<boolean>;
}

const UPLOAD_TIMEOUT_MS = 5_000;

const opened = z.object({ channel: z.object({ id: z.string() }) });
const uploadUrl = z.object({ upload_url: z.url(), file_id: z.string() });

/**
 * Uploads in three steps: get an upload URL, send the bytes, share the file in the direct message. A picture in the answer
 * to a command would have to be processed by Slack before the answer, and if that failed the whole answer would be lost.
 */
export function createPictures(web: WebClient, charts: Charts, log: Log, fetch: Fetch): Pictures {
  return {
    send: async ({ to, name, title, text, render }) => {
      try {
        const [png, dm] = await Promise.all([render(charts), web.conversations.open({ users: to })]);
        const alt_text = withoutMarkup(text).slice(0, LIMITS.fileDescription);
        const upload = uploadUrl.parse(
          await web.files.getUploadURLExternal({ filename: name, length: png.length, alt_text }),
        );
        await sendBytes(fetch, upload.upload_url, png);
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

async function sendBytes(fetch: Fetch, url: string, bytes: Uint8Array): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    body: new Uint8Array(bytes),
    redirect: "error",
    signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`Slack answered ${response.status} to the upload.`);
}

/** Removes markup, for screen readers. */
const withoutMarkup = (mrkdwn: string): string =>
  mrkdwn.replace(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, "$1").replace(/[*`<>]/g, "");
