import { useEffect } from "react";
import type { ConversationShown, MessageShown } from "../workspace/contract.js";
import { lookAs } from "./api.js";
import { Composer } from "./composer.js";
import { useFollowedEnd } from "./followed-end.js";
import { Message } from "./message.js";
import { dayOf } from "./times.js";
import { useWorkspace, zoneOf } from "./workspace.js";

/** A channel or the direct messages with the bot: messages, oldest on top, and the composer. */
export function Conversation({ of }: { of: ConversationShown }) {
  const { screen } = useWorkspace();
  const end = useFollowedEnd(of.id, of.messages.length);
  useLookedAt(screen.me, of);
  const inChannel = of.messages.filter((one) => one.threadTs === null || one.broadcast);
  const zone = zoneOf(screen);
  let day = "";
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard. */}
      <div className="messages" ref={end} role="log" aria-label={`Messages in ${of.name}`} tabIndex={0}>
        {inChannel.length === 0 ? <Nothing of={of} /> : null}
        {inChannel.map((message) => {
          const newDay = dayOf(message.ts, zone);
          const divider = newDay === day ? null : <p className="day">{newDay}</p>;
          day = newDay;
          return (
            <div key={`${message.ts}${message.onlyYou}`}>
              {divider}
              <Message message={message} replies={repliesTo(of, message)} />
            </div>
          );
        })}
      </div>
      <Composer conversation={of} thread={null} />
    </>
  );
}

const repliesTo = ({ messages }: ConversationShown, { ts, onlyYou, broadcast }: MessageShown): MessageShown[] =>
  onlyYou || broadcast ? [] : messages.filter((one) => one.threadTs === ts && one.ts !== ts && !one.onlyYou);

function Nothing({ of }: { of: ConversationShown }) {
  return (
    <div className="nothing">
      <h2>{of.kind === "im" ? "Nothing from Breakglass yet" : `This is the very beginning of #${of.name}`}</h2>
      <p>
        {of.kind === "im"
          ? "Requests that you may approve, and reviews that you are to write, reach you here."
          : "Type /breakglass below to open the emergency exit. Everybody in this channel will hear of it."}
      </p>
    </div>
  );
}

/** Marks a conversation as read while it is open in a visible tab. */
function useLookedAt(me: string, { id, unread, messages }: ConversationShown): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new message must be marked as read.
  useEffect(() => {
    if (unread > 0 && document.visibilityState === "visible") void lookAs(me, id);
  }, [me, id, unread, messages.length]);
}
