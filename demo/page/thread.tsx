import type { ConversationShown } from "../workspace/contract.js";
import { Composer } from "./composer.js";
import { useFollowedEnd } from "./followed-end.js";
import { Message } from "./message.js";
import { useWorkspace } from "./workspace.js";

/** A message with its replies, beside the channel. */
export function Thread({ of, ts }: { of: ConversationShown; ts: string }) {
  const { go } = useWorkspace();
  const messages = of.messages.filter((one) => one.ts === ts || one.threadTs === ts);
  const end = useFollowedEnd(ts, messages.length);
  return (
    <section className="thread" aria-label="Thread">
      <header className="bar">
        <h2>Thread</h2>
        <button type="button" className="icon" aria-label="Close the thread" onClick={() => go({ thread: null })}>
          ✕
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard. */}
      <div className="messages" ref={end} role="log" aria-label="Replies" tabIndex={0}>
        {messages.length === 0 ? <p className="nothing">This message is gone.</p> : null}
        {messages.map((message) => (
          <Message key={`${message.ts}${message.onlyYou}`} message={message} />
        ))}
      </div>
      <Composer conversation={of} thread={ts} />
    </section>
  );
}
