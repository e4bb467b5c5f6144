import { useEffect, useRef } from "react";
import type { MessageShown } from "../workspace/contract.js";
import { Avatar } from "./avatar.js";
import { Blocks } from "./blocks/block.js";
import { Markup } from "./blocks/text.js";
import { clockTime } from "./times.js";
import { nameOf, useWorkspace, zoneOf } from "./workspace.js";

interface MessageProps {
  readonly message: MessageShown;
  /** The replies, where they are not shown below the message. */
  readonly replies?: readonly MessageShown[];
}

/** One message with interactive blocks. */
export function Message({ message, replies = [] }: MessageProps) {
  const { screen, act, go, place } = useWorkspace();
  const { ts } = message;
  const keyboard = useKeptKeyboard(message.blocks);
  const isBot = message.user === screen.bot.user || message.onlyYou;
  const author = message.onlyYou ? screen.bot.user : message.user;
  const zone = zoneOf(screen);
  return (
    <article
      {...keyboard}
      className={message.onlyYou ? "message only-you" : "message"}
      aria-label={`${nameOf(screen, author)}, ${clockTime(ts, zone)}`}
    >
      <Avatar id={author} name={nameOf(screen, author)} app={isBot} />
      <div className="message-body">
        {message.onlyYou ? (
          <p className="only-you-line">
            Only visible to you
            <button type="button" className="link" onClick={() => void act({ do: "dismiss", ts })}>
              Dismiss message
            </button>
          </p>
        ) : null}
        <p className="byline">
          <b>{nameOf(screen, author)}</b>
          {isBot ? <span className="app-badge">APP</span> : null}
          <time dateTime={new Date(Number(ts) * 1000).toISOString()}>{clockTime(ts, zone)}</time>
        </p>
        {message.broadcast && place.thread !== message.threadTs ? (
          <p className="small-print">
            replied to a thread:{" "}
            <button type="button" className="link" onClick={() => go({ thread: message.threadTs })}>
              see the thread
            </button>
          </p>
        ) : null}
        <Content message={message} isBot={isBot} />
        {message.files.map((file) => (
          <figure key={file.id} className="file">
            {message.text.includes(file.title) ? null : <figcaption>{file.title}</figcaption>}
            <img
              src={`/api/file/${file.id}`}
              alt={file.altText || file.title}
              width={file.width}
              height={file.height}
            />
          </figure>
        ))}
        {replies.length > 0 ? (
          <button type="button" className="replies" onClick={() => go({ thread: ts })}>
            {replies.length} {replies.length === 1 ? "reply" : "replies"}
            <span>Last one {clockTime(replies.at(-1)?.ts ?? ts, zone)}</span>
          </button>
        ) : null}
      </div>
    </article>
  );
}

/** Moves the focus to the message when its focused button disappears, instead of to the start of the page. */
function useKeptKeyboard(blocks: MessageShown["blocks"]) {
  const article = useRef<HTMLElement>(null);
  const within = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: buttons disappear when the blocks change.
  useEffect(() => {
    if (within.current && document.activeElement === document.body) article.current?.focus({ preventScroll: true });
  }, [blocks]);
  return {
    ref: article,
    tabIndex: -1,
    onFocus: () => {
      within.current = true;
    },
    // A visitor who leaves a button causes a blur event; a removed button causes none.
    onBlur: () => {
      within.current = false;
    },
  };
}

function Content({ message, isBot }: { message: MessageShown; isBot: boolean }) {
  const { act } = useWorkspace();
  const { channel, ts, blocks, text, edited } = message;
  const press = async (block: string, action: string, option?: string): Promise<void> => {
    await act({ do: "press", channel, ts, block, action, ...(option === undefined ? {} : { option }) });
  };
  return (
    <>
      {blocks.length === 0 ? (
        <div className="block">
          <Markup text={text} />
        </div>
      ) : (
        <Blocks blocks={blocks} surface={{ press, fields: null }} />
      )}
      {edited && !isBot ? <span className="small-print">(edited)</span> : null}
    </>
  );
}
