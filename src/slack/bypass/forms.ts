import { VIEWS } from "../actions.js";
import type { TypedModal } from "../forms/typed-modal.js";

/** Deny asks why: the requester is told, and has to act on it. */
export const DENY: TypedModal = {
  callbackId: VIEWS.deny,
  action: "deny",
  title: "Deny",
  submit: "Deny",
  label: "Reason",
  hint: "The requester and everyone who was asked will read it, and it goes on record.",
  multiline: true,
  says: (name) => `${name} will be denied for good, and its gates stay closed. What should the requester do instead?`,
  make: (reason) => ({ type: "deny", reason }),
};
