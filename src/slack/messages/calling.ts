import { isQuiet } from "../../domain/bypass/quiet.js";
import { roleMention, roleName } from "../block-kit/mentions.js";
import type { MessageContext } from "./context.js";

/** A mention in a channel rings as many telephones as a page: where nobody may be woken, roles are named and not called. */
export const callsNobody = ({ policy, record }: MessageContext): boolean => isQuiet(policy, record.state, record.now);

/** Whoever holds that role, called; by name alone where nobody may be woken. */
export const calledRole = (context: MessageContext, role: string): string =>
  callsNobody(context) ? roleName(role) : roleMention(context.policy, role);

/** Stands where a message would otherwise say who is paged or asked. */
export const WAKES_NOBODY = "Outside office hours a drill pages nobody and asks nobody.";
