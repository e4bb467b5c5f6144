import { useId } from "react";
import { type JsonObject, objectAt, textAt } from "../json.js";
import { type Value, valueIn } from "../values.js";
import type { Surface } from "./block.js";
import { Control, isGroup } from "./controls.js";
import { Text } from "./text.js";

/** The values of a form's fields, and their problems. */
export interface FieldState {
  readonly values: JsonObject;
  readonly set: (block: string, action: string, value: Value) => void;
  /** Problems by block id. */
  readonly problems: Readonly<Record<string, string>>;
}

const FIELDS = /(_input|select|radio_buttons|checkboxes|picker)$/;

/** Reports whether the element is a field or a menu. */
export const isField = (element: JsonObject): boolean => FIELDS.test(String(element.type));

/** An `input` block: label, field, hint and problem. */
export function Input({ block, fields }: { block: JsonObject; fields: FieldState }) {
  const id = useId();
  const element = objectAt(block, "element");
  const blockId = textAt(block, "block_id") ?? "";
  const action = textAt(element, "action_id") ?? "";
  const problem = fields.problems[blockId];
  const hint = textAt(block.hint, "text");
  const described = [hint === undefined ? "" : `${id}-hint`, problem === undefined ? "" : `${id}-problem`]
    .join(" ")
    .trim();
  const label = (
    <>
      {textAt(block.label, "text")}
      {block.optional === true ? <span className="optional"> (optional)</span> : null}
    </>
  );
  const control = (
    <Control
      id={id}
      element={element}
      value={valueIn(fields.values, blockId, action, element)}
      described={described === "" ? undefined : described}
      invalid={problem !== undefined}
      onChange={(value) => fields.set(blockId, action, value)}
    />
  );
  const below = (
    <>
      {problem === undefined ? null : (
        <p className="problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
      {hint === undefined ? null : (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </>
  );
  if (isGroup(element)) {
    return (
      <fieldset aria-describedby={described === "" ? undefined : described}>
        <legend>{label}</legend>
        {control}
        {below}
      </fieldset>
    );
  }
  return (
    <>
      <label htmlFor={id}>{label}</label>
      {control}
      {below}
    </>
  );
}

/** A menu or list beside text or among buttons. A choice is sent to the app at once. */
export function Picker({ block, element, surface }: { block: JsonObject; element: JsonObject; surface: Surface }) {
  const id = useId();
  const { fields, press } = surface;
  const blockId = textAt(block, "block_id") ?? "";
  const action = textAt(element, "action_id") ?? "";
  return (
    <div className="picker">
      <span className="unseen" id={`${id}-label`}>
        <Text of={block.text} />
      </span>
      <Control
        id={id}
        element={element}
        labelled={`${id}-label`}
        value={fields === null ? "" : valueIn(fields.values, blockId, action, element)}
        invalid={false}
        onChange={(value) => {
          if (fields !== null) fields.set(blockId, action, value);
          else if (typeof value === "string") void press(blockId, action, value);
        }}
      />
    </div>
  );
}
