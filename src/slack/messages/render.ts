import type { MessageName } from "../../domain/bypass/effects.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { NoticeContent } from "../../usecases/ports/ports.js";
import { alertMessage } from "./alert.js";
import type { MessageBody, MessageContext } from "./context.js";
import { digestMessage } from "./digest.js";
import { directMessage } from "./direct.js";
import { gapMessage } from "./gap.js";
import { gateClosed, gateMessage, gatePutOff } from "./gate.js";
import { threadMessage } from "./thread.js";
import { usesMessage } from "./uses.js";
import { overdueMessage, waitsMessage } from "./waits-and-overdue.js";

/** The current content of a message about a bypass. */
export function render(name: MessageName, context: MessageContext): MessageBody {
  switch (name.place) {
    case "alert":
      return alertMessage(context);
    case "thread":
      return threadMessage(context, name.about, name.version);
    case "direct":
      return directMessage(context, name.about, name.to, name.version);
    default:
      return name satisfies never;
  }
}

/** The content of a notice: always one message, however many items it lists. */
export function renderNotice(content: NoticeContent, policy: Policy): MessageBody {
  switch (content.kind) {
    case "waits":
      return waitsMessage(content, policy);
    case "overdue":
      return overdueMessage(content, policy);
    case "gate":
      if (content.about === "item") return gateMessage(content, policy);
      return content.about === "closed" ? gateClosed(content, policy) : gatePutOff(content, content.about, policy);
    case "uses":
      return usesMessage(content, policy);
    case "gap":
      return gapMessage();
    case "digest":
      return digestMessage(content, policy);
    default:
      return content satisfies never;
  }
}

/**
 * The same notice without people's texts, for a channel shared with another organisation. Only a notice about a gate
 * contains one: its owner's reason.
 */
export function withoutTexts(content: NoticeContent): NoticeContent {
  if (content.kind !== "gate") return content;
  const { about } = content;
  return {
    ...content,
    about: typeof about === "string" ? about : { ...about, mark: { ...about.mark, reason: null } },
    marks: content.marks.map((mark) => ({ ...mark, reason: null })),
  };
}
