import type { MessageName } from "../../domain/bypass/effects.js";
import { alertMessage } from "./alert.js";
import type { MessageBody, MessageContext } from "./context.js";
import { directMessage } from "./direct.js";
import { threadMessage } from "./thread.js";

/** What a message of the bypass says now. */
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
