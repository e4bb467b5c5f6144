import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import { NoPlace } from "../../lib/concurrency-limit.js";
import type { Fetch } from "../../lib/outbound.js";
import type { Charts, Log } from "../../usecases/ports/ports.js";
import { withUrgency } from "../../usecases/ports/urgency.js";

/** A picture to send to one person. */
export interface Picture {
  readonly to: string;
  readonly name: string;
  readonly title: string;
  /** The content of the picture in words, for whoever does not see it; mrkdwn. */
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
 *
 * Its words stand in the message. Slack's own place for them, `alt_txt` of `files.getUploadURLExternal`, has made it accept
 * files and share them with nobody (https://github.com/slackapi/python-slack-sdk/issues/1818), and its clients' `alt_text`
 * is none of the method's arguments.
 */
export function createPictures(web: WebClient, charts: Charts, log: Log, fetch: Fetch): Pictures {
  return {
    // Nobody decides by a picture, so its calls leave the rates of Slack to the messages that ask an approver.
    send: (picture) => withUrgency("upkeep", () => send(picture)),
  };

  async function send({ to, name, title, text, render }: Picture): Promise<boolean> {
    try {
      const png = await render(charts);
      const dm = await web.conversations.open({ users: to });
      const upload = uploadUrl.parse(await web.files.getUploadURLExternal({ filename: name, length: png.length }));
      await sendBytes(fetch, upload.upload_url, png);
      await web.files.completeUploadExternal({
        files: [{ id: upload.file_id, title }],
        channel_id: opened.parse(dm).channel.id,
        initial_comment: text,
      });
      return true;
    } catch (error) {
      // Very many people ask for one, and this person is told.
      if (!(error instanceof NoPlace)) log.warn("slack.picture_not_sent", { error });
      return false;
    }
  }
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
