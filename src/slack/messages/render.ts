import type { MessageName } from "../../domain/bypass/effects.js";
import { alertMessage } from "./alert.js";
import type { MessageBody, Scene } from "./context.js";
import { directMessage } from "./direct.js";
import { threadMessage } from "./thread.js";

/** What a message of the bypass says now. */
export function draw(name: MessageName, scene: Scene): MessageBody {
  switch (name.place) {
    case "alert":
      return alertMessage(scene);
    case "thread":
      return threadMessage(scene, name.about, name.version);
    case "direct":
      return directMessage(scene, name.about, name.to, name.version);
    default:
      return name satisfies never;
  }
}
