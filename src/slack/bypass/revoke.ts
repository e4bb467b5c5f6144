import { VIEWS } from "../actions.js";
import type { TypedModal } from "../forms/typed-modal.js";

/** Revoke ends an active bypass before its time, and asks why. */
export const REVOKE: TypedModal = {
  callbackId: VIEWS.revoke,
  action: "revoke",
  title: "Revoke",
  submit: "Revoke",
  label: "Reason",
  hint: "The requester and everyone who was asked will read it, and it goes on record.",
  multiline: true,
  says: (name) => `${name} will end at once, and its gates close again. Why?`,
  make: (reason) => ({ type: "revoke", reason }),
};
