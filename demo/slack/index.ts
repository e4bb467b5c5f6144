export type { Actor } from "./actor.js";
export { type AppManifest, readAppManifest } from "./app-manifest.js";
export { type Findings, validateBlocks, validateView } from "./block-kit/validate.js";
export { createSlackDouble, type SlackDouble } from "./double.js";
export type { Fault, Faults, When } from "./faults.js";
export { FormNotSent } from "./form.js";
export { type KeptWorkspace, keptWorkspace } from "./kept.js";
export { PersonCannot } from "./payloads.js";
export type { Clickable, PressOptions } from "./press.js";
export type { ApiCall, MessageChange, Recorder, Violation } from "./recorder.js";
export { renderPlain } from "./render-plain.js";
export { signedHeaders, signRequest } from "./sign.js";
export type { FormValues, SubmitAnswer } from "./submission.js";
export type {
  Answer,
  Block,
  Channel,
  DoubleOptions,
  Ephemeral,
  Group,
  Message,
  OpenView,
  Person,
  SentRequest,
} from "./types.js";
