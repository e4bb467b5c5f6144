import { CAST, INCIDENTS } from "./cast.js";
import type { DemoEnvironment } from "./environment.js";
import type { Message, SlackDouble } from "./slack/index.js";

/** Output of the story: a heading for each scene, sentences, and what people see, indented. */
export interface Teller {
  scene(title: string): void;
  says(line: string): void;
  shows(what: string): void;
}

const MINUTE = 60_000;

/**
 * The whole story of one bypass, played by the real bot: declare, a refused self-approval, approve, log, warning,
 * expiry. Throws when the bot does not do what the story says.
 */
export async function playStory(environment: DemoEnvironment, tell: Teller): Promise<void> {
  await declare(environment, tell);
  await approve(environment, tell);
  await work(environment, tell);
  await expire(environment, tell);
}

async function declare({ slack }: DemoEnvironment, tell: Teller): Promise<void> {
  tell.scene("Production login is down, the fix is one line, the test suite takes forty minutes");
  const priya = slack.as(CAST.priya);
  tell.says("Priya, on call, types /breakglass in #incidents. A form opens:");
  await priya.command("", { channel: INCIDENTS });
  tell.shows(slack.render(await slack.until(() => slack.view(CAST.priya), "the form")));
  tell.says("She fills it in and presses Break Glass.");
  await priya.submit({
    Gates: ["e2e-suite"],
    Target: "acme/payments-api#4821",
    Incident: "INC-219",
    Reason: "Production login is down. One-line config fix; smoke tests pass.",
    Duration: "60m",
  });
  tell.says("Recorded first, then told. In #incidents everybody reads:");
  tell.shows(slack.render(await slack.until(() => slack.messages(INCIDENTS).at(0), "the alert")));
  await slack.until(() => slack.inbox(CAST.dana).length > 0 && slack.inbox(CAST.noor).length > 0, "the pages");
  tell.says("The two leads, Dana and Noor, are paged by direct message, with the same buttons.");
}

async function approve({ slack }: DemoEnvironment, tell: Teller): Promise<void> {
  tell.scene("A second person");
  const alert = await slack.until(() => slack.messages(INCIDENTS).at(0), "the alert");
  tell.says("Priya has a direct message of her own, to take the request back with:");
  tell.shows(slack.render(await slack.until(() => slack.inbox(CAST.priya).at(0), "Priya's message")));
  tell.says("She presses Approve under the alert instead. Only she sees the answer:");
  await slack.as(CAST.priya).click(alert, "Approve");
  tell.shows(slack.render(await slack.until(() => slack.ephemerals(CAST.priya).at(-1), "the refusal")));
  tell.says("Dana presses Approve in her direct message. In the thread and in the channel:");
  const asked = await slack.until(() => slack.inbox(CAST.dana).at(0), "Dana's message");
  await slack.as(CAST.dana).click(asked, "Approve");
  tell.shows(slack.render(await slack.until(() => reply(slack, "Approved by"), "the approval")));
}

async function work({ slack }: DemoEnvironment, tell: Teller): Promise<void> {
  tell.scene("Sixty minutes, and no longer");
  tell.says("Priya writes down what she does, where she does it: in the thread.");
  const alert = await slack.until(() => slack.messages(INCIDENTS).at(0), "the alert");
  const line = "log: deployed 9f1c2ab, login works again";
  await slack.as(CAST.priya).say(INCIDENTS, line, alert.ts);
  tell.shows(line);
  tell.says("Only she sees the answer:");
  tell.shows(slack.render(await slack.until(() => slack.ephemerals(CAST.priya).at(-1), "the confirmation")));
}

async function expire(on: DemoEnvironment, tell: Teller): Promise<void> {
  const { slack } = on;
  tell.says("(The clock is moved on: 56 minutes.)");
  await on.advance(56 * MINUTE);
  tell.shows(slack.render(await slack.until(() => reply(slack, "There is no extension"), "the warning")));
  tell.says("(Five more minutes.)");
  await on.advance(5 * MINUTE);
  tell.shows(slack.render(await slack.until(() => reply(slack, "has expired"), "the end")));
  tell.says("Anyone may ask for the record: /breakglass show BG-1");
  await slack.as(CAST.dana).command("show BG-1", { channel: INCIDENTS });
  tell.shows(slack.render(await slack.until(() => slack.ephemerals(CAST.dana).at(-1), "the record")));
}

/** The first reply in #incidents that contains these words, case-sensitive. */
function reply(slack: SlackDouble, words: string): Message | undefined {
  return slack.messages(INCIDENTS).find((message) => message.thread_ts !== undefined && message.text.includes(words));
}
