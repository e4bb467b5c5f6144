import { ALONE_WORDS } from "../../domain/bypass/decide/ack.js";
import { VIEWS } from "../actions.js";
import type { TypedModal } from "../forms/typed-modal.js";

/** Proceed Alone takes typing, so that nobody does it by a slip of the hand. */
export const PROCEED_ALONE: TypedModal = {
  callbackId: VIEWS.proceedAlone,
  action: "proceed_alone",
  title: "Proceed Alone",
  submit: "Proceed Alone",
  label: `Type ${ALONE_WORDS}`,
  hint: "In capitals, with a space between.",
  multiline: false,
  says: (name) =>
    `${name} becomes active *without a second person*. It is recorded as unapproved, the channel is told, and the review will ask about it.`,
  make: (typed) => ({ type: "proceed_alone", typed }),
};
