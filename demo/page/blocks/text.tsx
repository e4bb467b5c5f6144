import { showDate } from "../../slack/show-date.js";
import { isObject, textAt } from "../json.js";
import { Link } from "../link.js";
import { type LineRun, type Piece, readLines, readMarkup } from "../mrkdwn.js";
import { nameOf, useWorkspace, zoneOf } from "../workspace.js";

/** A text object of Block Kit: markup or plain. */
export function Text({ of }: { of: unknown }) {
  const text = textAt(of, "text") ?? "";
  if (isObject(of) && of.type === "mrkdwn") return <Markup text={text} />;
  return <span className="lines">{text}</span>;
}

/** Slack's markup. Lines that begin with `>` become quotes; lines that begin with a bullet become a list. */
export function Markup({ text }: { text: string }) {
  return readLines(text).map((run, index) => <Run key={index} run={run} />);
}

function Run({ run: { kind, text } }: { run: LineRun }) {
  switch (kind) {
    case "quote":
      return (
        <blockquote className="lines">
          <Pieces of={readMarkup(text)} />
        </blockquote>
      );
    case "list":
      return (
        <ul>
          {text.split("\n").map((item, index) => (
            <li key={index} className="lines">
              <Pieces of={readMarkup(item)} />
            </li>
          ))}
        </ul>
      );
    case "text":
      return (
        <span className="lines">
          <Pieces of={readMarkup(text)} />
        </span>
      );
    default:
      return kind satisfies never;
  }
}

function Pieces({ of }: { of: readonly Piece[] }) {
  return of.map((piece, index) => <Inline key={index} piece={piece} />);
}

function Inline({ piece }: { piece: Piece }) {
  const { screen } = useWorkspace();
  switch (piece.kind) {
    case "text":
      return piece.text;
    case "code":
      return <code>{piece.text}</code>;
    case "pre":
      return <pre>{piece.text}</pre>;
    case "bold":
      return (
        <b>
          <Pieces of={piece.inside} />
        </b>
      );
    case "italic":
      return (
        <i>
          <Pieces of={piece.inside} />
        </i>
      );
    case "strike":
      return (
        <s>
          <Pieces of={piece.inside} />
        </s>
      );
    case "link":
      return <Link href={piece.href} words={piece.label} />;
    case "date":
      return (
        <time dateTime={new Date(piece.seconds * 1000).toISOString()}>
          {showDate(piece.seconds, piece.format, zoneOf(screen))}
        </time>
      );
    default:
      return <Mention kind={piece.kind} id={piece.id} />;
  }
}

/** A mention. A mention of the current person is highlighted, as in Slack. */
export function Mention({ kind, id }: { kind: "user" | "group" | "channel" | "broadcast"; id: string }) {
  const { screen } = useWorkspace();
  if (kind === "user") return <span className={mentionClass(id === screen.me)}>@{nameOf(screen, id)}</span>;
  if (kind === "group") {
    const group = screen.groups.find((one) => one.id === id);
    return <span className={mentionClass(group?.users.includes(screen.me) ?? false)}>@{group?.handle ?? id}</span>;
  }
  if (kind === "broadcast") return <span className={mentionClass(true)}>@{id}</span>;
  return <span className="mention">#{screen.conversations.find((one) => one.id === id)?.name ?? id}</span>;
}

const mentionClass = (isMine: boolean): string => (isMine ? "mention mine" : "mention");
