/**
 * Slack's documented limits on what the bot sends (docs.slack.dev, Block Kit and Web API reference). Lengths are UTF-16
 * code units, counted after escaping where the text is mrkdwn.
 */
export const LIMITS = {
  /** `text` of `chat.update`; used for posts too, because each may be updated. */
  messageText: 4000,
  headerText: 150,
  sectionText: 3000,
  fieldText: 2000,
  contextText: 3000,
  buttonText: 75,
  accessibilityLabel: 75,
  viewTitle: 24,
  /** Text and description of one option. */
  optionText: 75,
  optionValue: 75,
  options: 100,
  checkboxes: 10,
  richTextLink: 3000,
} as const;
