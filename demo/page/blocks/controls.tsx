import { type JsonObject, textAt } from "../json.js";
import { type Option, optionsOf, takesMany, type Value } from "../values.js";
import { nameOf, useWorkspace } from "../workspace.js";

interface ControlProps {
  readonly id: string;
  readonly element: JsonObject;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly invalid: boolean;
  readonly described?: string | undefined;
  readonly labelled?: string;
}

/** Reports whether the element is a group of checkboxes or radio buttons under one label. */
export const isGroup = (element: JsonObject): boolean => takesMany(element) || element.type === "radio_buttons";

const INPUT_TYPES: Readonly<Record<string, string>> = {
  number_input: "number",
  email_text_input: "email",
  url_text_input: "url",
  datepicker: "date",
  timepicker: "time",
};

/** One field of Block Kit as a native control, which every keyboard and screen reader supports. */
export function Control(props: ControlProps) {
  const { element } = props;
  const people = usePeople(element);
  if (isGroup(element)) return <Group {...props} options={people ?? optionsOf(element)} />;
  if (/select$/.test(String(element.type))) return <Menu {...props} options={people ?? optionsOf(element)} />;
  return <Typed {...props} />;
}

/** The options of menus of people and conversations, which are not in the block. */
function usePeople(element: JsonObject): readonly Option[] | null {
  const { screen } = useWorkspace();
  const type = String(element.type);
  if (type.endsWith("users_select"))
    return screen.people.map(({ id, part }) => ({ value: id, text: nameOf(screen, id), description: part }));
  if (!/(channels|conversations)_select$/.test(type)) return null;
  const channels = screen.conversations.filter(({ kind }) => kind !== "im");
  return channels.map(({ id, name }) => ({ value: id, text: `#${name}`, description: "" }));
}

function aria({ described, labelled, invalid }: ControlProps) {
  return { "aria-describedby": described, "aria-labelledby": labelled, "aria-invalid": invalid };
}

function Typed(props: ControlProps) {
  const { id, element, value, onChange } = props;
  const max = typeof element.max_length === "number" ? element.max_length : undefined;
  const common = {
    id,
    ...aria(props),
    maxLength: max,
    placeholder: textAt(element.placeholder, "text"),
    value: String(value),
    "data-focus-on-load": element.focus_on_load === true || undefined,
  };
  if (element.multiline === true)
    return <textarea {...common} rows={4} onChange={(event) => onChange(event.target.value)} />;
  const type = INPUT_TYPES[String(element.type)] ?? "text";
  return <input {...common} type={type} onChange={(event) => onChange(event.target.value)} />;
}

function Menu(props: ControlProps & { readonly options: readonly Option[] }) {
  const { id, element, value, options, onChange } = props;
  return (
    <select id={id} {...aria(props)} value={String(value)} onChange={(event) => onChange(event.target.value)}>
      <option value="">{textAt(element.placeholder, "text") ?? "Choose an option"}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ))}
    </select>
  );
}

function Group({ id, element, value, options, onChange }: ControlProps & { readonly options: readonly Option[] }) {
  const many = takesMany(element);
  const chosen = typeof value === "string" ? [value] : value;
  const toggled = (one: string, on: boolean): readonly string[] =>
    options.map((option) => option.value).filter((each) => (each === one ? on : chosen.includes(each)));
  return (
    <div className="choices">
      {options.map((option) => (
        <label key={option.value} className="choice">
          <input
            type={many ? "checkbox" : "radio"}
            name={id}
            value={option.value}
            checked={chosen.includes(option.value)}
            onChange={(event) => onChange(many ? toggled(option.value, event.target.checked) : option.value)}
          />
          <span>
            {option.text}
            {option.description === "" ? null : <span className="small-print">{option.description}</span>}
          </span>
        </label>
      ))}
    </div>
  );
}
