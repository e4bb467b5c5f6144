import { useWorkspace } from "./workspace.js";

/** A permalink to a message or to a reply in a thread of this workspace. */
const PERMALINK = /^https:\/\/[\w-]+\.slack\.com\/archives\/(\w+)\/p(\d+)(\d{6})(?:\?thread_ts=([\d.]+))?/;

/** A link. A permalink to a message of this workspace opens the message on the page. */
export function Link({ href, words }: { href: string; words: string }) {
  const { go } = useWorkspace();
  const [, channel, seconds, micros, thread] = PERMALINK.exec(href) ?? [];
  if (channel === undefined) {
    return (
      <a href={href} target="_blank" rel="noreferrer">
        {words}
      </a>
    );
  }
  return (
    <button
      type="button"
      className="link underlined"
      onClick={() => go({ at: channel, thread: thread ?? `${seconds}.${micros}` })}
    >
      {words}
    </button>
  );
}
