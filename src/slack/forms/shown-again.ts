import type { InputBlock, ModalView } from "@slack/types";

type Block = ModalView["blocks"][number];

/**
 * A form that is shown again while somebody fills it in. It leaves out the texts: Slack keeps what stands in an input whose
 * block and action ids stay the same. A text in the view would come back with the submission even after the person has taken
 * it out, and that request is kept with the act.
 */
export const shownAgain = (view: ModalView): ModalView => ({ ...view, blocks: view.blocks.map(withoutText) });

const isInput = (block: Block): block is InputBlock => block.type === "input";

function withoutText(block: Block): Block {
  if (!isInput(block) || block.element.type !== "plain_text_input") return block;
  const { initial_value: _, ...element } = block.element;
  return { ...block, element };
}
