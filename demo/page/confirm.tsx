import { Text } from "./blocks/text.js";
import { Dialog } from "./dialog.js";
import { type JsonObject, textAt } from "./json.js";

/** The confirmation dialog of an element. */
export function Confirm({ of, onYes, onNo }: { of: JsonObject; onYes: () => void; onNo: () => void }) {
  const style = of.style === "danger" ? "danger" : "primary";
  return (
    <Dialog title={textAt(of.title, "text") ?? "Are you sure?"} onClose={onNo} small>
      <div className="dialog-body">
        <Text of={of.text} />
      </div>
      <footer className="dialog-foot">
        <button type="button" className="button plain" onClick={onNo}>
          {textAt(of.deny, "text") ?? "No"}
        </button>
        <button type="button" className={`button ${style}`} onClick={onYes}>
          {textAt(of.confirm, "text") ?? "Yes"}
        </button>
      </footer>
    </Dialog>
  );
}
