import type { ReactNode } from "react";
import { showDate } from "../../slack/show-date.js";
import { type JsonObject, objectAt, objectsAt, textAt } from "../json.js";
import { Link } from "../link.js";
import { useWorkspace, zoneOf } from "../workspace.js";
import { Mention } from "./text.js";

/** A `rich_text` block. It holds what people typed, since nothing in it is parsed as markup. */
export function RichText({ block }: { block: JsonObject }) {
  return objectsAt(block, "elements").map((element, index) => <Section key={index} element={element} />);
}

function Section({ element }: { element: JsonObject }) {
  const inner = objectsAt(element, "elements");
  const parts = inner.map((part, index) => <Part key={index} part={part} />);
  switch (element.type) {
    case "rich_text_quote":
      return <blockquote className="lines">{parts}</blockquote>;
    case "rich_text_preformatted":
      return <pre>{parts}</pre>;
    case "rich_text_list": {
      const items = inner.map((item, index) => (
        <li key={index}>
          <Section element={item} />
        </li>
      ));
      return element.style === "ordered" ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    default:
      return <div className="lines">{parts}</div>;
  }
}

function Part({ part }: { part: JsonObject }) {
  const { screen } = useWorkspace();
  switch (part.type) {
    case "user":
      return <Mention kind="user" id={String(part.user_id)} />;
    case "usergroup":
      return <Mention kind="group" id={String(part.usergroup_id)} />;
    case "channel":
      return <Mention kind="channel" id={String(part.channel_id)} />;
    case "broadcast":
      return <Mention kind="broadcast" id={String(part.range)} />;
    case "date":
      return <time>{showDate(Number(part.timestamp), String(part.format), zoneOf(screen))}</time>;
    case "link": {
      const url = textAt(part, "url") ?? "";
      const label = textAt(part, "text") ?? url;
      return /^https?:\/\//.test(url) ? <Link href={url} words={label} /> : label;
    }
    case "emoji":
      return `:${String(part.name)}:`;
    default:
      return styled(textAt(part, "text") ?? "", objectAt(part, "style"));
  }
}

function styled(text: string, style: JsonObject): ReactNode {
  const code = style.code === true ? <code>{text}</code> : text;
  const bold = style.bold === true ? <b>{code}</b> : code;
  const italic = style.italic === true ? <i>{bold}</i> : bold;
  return style.strike === true ? <s>{italic}</s> : italic;
}
