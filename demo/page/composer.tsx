import { useId, useLayoutEffect, useRef, useState } from "react";
import type { ConversationShown } from "../workspace/contract.js";
import { useWorkspace } from "./workspace.js";

/** The input for messages and for the slash command, with its hints. */
export function Composer({ conversation, thread }: { conversation: ConversationShown; thread: string | null }) {
  const { act, screen, drafted, draft } = useWorkspace();
  const [text, setText] = useState("");
  const [sending, setSending] = useState(0);
  const before = useRef<Promise<unknown>>(Promise.resolve());
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const isMeant =
    thread === null && drafted?.channel === conversation.id && (drafted.as === null || drafted.as === screen.me);
  // A layout effect, so that the draft is there before the next key press.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each draft.
  useLayoutEffect(() => {
    if (drafted === null || !isMeant) return;
    setText(drafted.text);
    field.current?.focus();
    draft(null);
  }, [drafted, isMeant]);
  if (conversation.kind === "im") {
    return <p className="composer-off">Sending messages to this app has been turned off.</p>;
  }
  const isCommand = text.startsWith("/") && thread === null;
  const { name, description, hint } = screen.command;
  const send = async (): Promise<void> => {
    if (text.trim() === "") return;
    setText("");
    setSending((count) => count + 1);
    const asked = { do: "write", channel: conversation.id, text, ...(thread === null ? {} : { thread }) } as const;
    // Sends one at a time, in the order of writing.
    const sent = before.current.then(() => act(asked));
    before.current = sent;
    const { ok } = await sent;
    setSending((count) => count - 1);
    // Restores an unsent message and keeps what was typed in the meantime.
    if (!ok) setText((typed) => (typed === "" ? text : `${text}\n${typed}`));
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {isCommand ? (
        <p className="command-hint" id={`${id}-hint`}>
          <b>{name}</b> <span>{hint}</span>
          <br />
          {description}
        </p>
      ) : null}
      <label className="unseen" htmlFor={id}>
        {thread === null ? `Message #${conversation.name}` : "Reply in the thread"}
      </label>
      <textarea
        ref={field}
        id={id}
        rows={1}
        value={text}
        placeholder={thread === null ? `Message #${conversation.name}, or /breakglass` : "Reply…"}
        aria-describedby={isCommand ? `${id}-hint` : undefined}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          void send();
        }}
      />
      <button type="submit" className="button primary" aria-busy={sending > 0} disabled={text.trim() === ""}>
        Send
      </button>
    </form>
  );
}
