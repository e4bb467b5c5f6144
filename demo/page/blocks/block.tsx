import { isObject, type JsonObject, objectsAt, textAt } from "../json.js";
import { Button, type Press } from "./button.js";
import { type FieldState, Input, isField, Picker } from "./input.js";
import { RichText } from "./rich-text.js";
import { Text } from "./text.js";

/** The actions on the blocks of a message or view. */
export interface Surface {
  readonly press: Press;
  /** The fields of a form; a message has none. */
  readonly fields: FieldState | null;
}

/** The blocks of a message, a modal or the Home tab. */
export function Blocks({ blocks, surface }: { blocks: readonly JsonObject[]; surface: Surface }) {
  return blocks.map((block, index) => (
    <div key={textAt(block, "block_id") ?? index} className={`block block-${String(block.type)}`}>
      <Block block={block} surface={surface} />
    </div>
  ));
}

function Block({ block, surface }: { block: JsonObject; surface: Surface }) {
  switch (block.type) {
    case "header":
      return (
        <h2>
          <Text of={block.text} />
        </h2>
      );
    case "divider":
      return <hr />;
    case "section":
      return <Section block={block} surface={surface} />;
    case "context":
      return objectsAt(block, "elements").map((element, index) => (
        <span key={index}>{element.type === "image" ? <Picture of={element} /> : <Text of={element} />}</span>
      ));
    case "actions":
      return objectsAt(block, "elements").map((element) => (
        <Element key={textAt(element, "action_id")} block={block} element={element} surface={surface} />
      ));
    case "rich_text":
      return <RichText block={block} />;
    case "image":
      return (
        <figure>
          <Picture of={block} />
          {isObject(block.title) ? (
            <figcaption>
              <Text of={block.title} />
            </figcaption>
          ) : null}
        </figure>
      );
    case "input":
      return surface.fields === null ? null : <Input block={block} fields={surface.fields} />;
    default:
      return (
        <span className="not-drawn">A block of the kind “{String(block.type)}”, which this page cannot draw.</span>
      );
  }
}

function Section({ block, surface }: { block: JsonObject; surface: Surface }) {
  const fields = objectsAt(block, "fields");
  return (
    <>
      <div className="section-text">
        {isObject(block.text) ? <Text of={block.text} /> : null}
        {fields.length > 0 ? (
          <div className="section-fields">
            {fields.map((field, index) => (
              <div key={index}>
                <Text of={field} />
              </div>
            ))}
          </div>
        ) : null}
      </div>
      {isObject(block.accessory) ? (
        <div className="section-accessory">
          <Element block={block} element={block.accessory} surface={surface} />
        </div>
      ) : null}
    </>
  );
}

function Element({ block, element, surface }: { block: JsonObject; element: JsonObject; surface: Surface }) {
  if (element.type === "button") return <Button block={block} element={element} press={surface.press} />;
  if (element.type === "image") return <Picture of={element} />;
  if (isField(element)) return <Picker block={block} element={element} surface={surface} />;
  return (
    <span className="not-drawn">An element of the kind “{String(element.type)}”, which this page cannot draw.</span>
  );
}

function Picture({ of }: { of: JsonObject }) {
  return <img src={textAt(of, "image_url") ?? ""} alt={textAt(of, "alt_text") ?? ""} />;
}
