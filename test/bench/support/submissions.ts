import { z } from "zod";
import { INCIDENTS } from "../../../demo/cast.js";
import type { Answer, SlackDouble } from "../../../demo/slack/index.js";
import { filledIn } from "../../support/reliability/people.js";
import { personOf } from "./bots.js";

/** Submits forms to one app. */
export interface Submitter {
  /** Submits a form. Resolves with the milliseconds until the alert is in the channel. */
  submit(): Promise<number>;
  /** Submits a form. Resolves with the app's answer. */
  send(): Promise<Answer>;
}

const TARGET = /service:bench-\d+-x/;
const TARGETS = /service:bench-\d+-x/g;
let count = 0;

const payloadShape = z.looseObject({
  user: z.looseObject({ id: z.string() }),
  view: z.looseObject({ id: z.string(), root_view_id: z.string() }),
});

/**
 * Opens and submits the form once as a person does. Later submissions repeat that request with another view, person and
 * target and a new signature, so that the benchmark does not measure the opening of forms.
 */
export async function createSubmitter(
  slack: SlackDouble,
  url: string,
  form: "bare" | "breakglass",
): Promise<Submitter> {
  const to = (): void => slack.connect({ eventsUrl: url });
  const post = watchPosts(slack);
  to();
  const user = personOf(0);
  const person = slack.as(user);
  await person.command("", { channel: INCIDENTS, ...(form === "bare" ? { command: "/bare-form" } : {}) });
  await slack.until(() => slack.view(user)?.submit !== undefined, "the form");
  const target = nextTarget();
  const first = await person.submit(filledIn(target));
  if (first.error !== undefined || first.errors !== undefined)
    throw new Error(`Not accepted: ${JSON.stringify(first)}`);
  await post(target);
  await slack.settled(50);
  const template = new URLSearchParams(first.request.rawBody).get("payload") ?? "";

  const send = (newTarget: string): Promise<Answer> => {
    to();
    const payload = payloadShape.parse(JSON.parse(template.replaceAll(TARGETS, newTarget)));
    const id = `V0BENCH${count}`;
    const view = { ...payload.view, id, root_view_id: id };
    const rawBody = new URLSearchParams({
      payload: JSON.stringify({ ...payload, user: { ...payload.user, id: personOf(count) }, view }),
    }).toString();
    const headers = { ...first.request.headers, ...slack.sign(rawBody) };
    return slack.send(rawBody, headers);
  };
  return {
    send: () => send(nextTarget()),
    submit: async () => {
      const target = nextTarget();
      const began = performance.now();
      const posted = post(target);
      const answer = await send(target);
      // The app may close an idle connection just when it is reused. A person would submit again.
      if (answer.error === "dispatch_unreachable") await send(target);
      else if (answer.status !== 200) throw new Error(`Not accepted: ${answer.status} ${answer.error} ${answer.body}`);
      return (await posted) - began;
    },
  };
}

function nextTarget(): string {
  count += 1;
  return `service:bench-${count}-x`;
}

/** Resolves, for a target, with the time (`performance.now()`) of its alert in the channel. */
function watchPosts(slack: SlackDouble): (target: string) => Promise<number> {
  const times = new Map<string, number>();
  let looked = 0;
  let list = slack.record.messages;
  const look = (): void => {
    // A cleared record starts a new list.
    if (list !== slack.record.messages) {
      list = slack.record.messages;
      looked = 0;
    }
    for (; looked < list.length; looked += 1) {
      const change = list[looked];
      if (change?.kind !== "posted" || change.message.channel !== INCIDENTS) continue;
      const target = TARGET.exec(change.message.text)?.[0];
      if (target !== undefined && !times.has(target)) times.set(target, performance.now());
    }
  };
  return async (target) => {
    const at = await slack.until<number>(
      () => {
        look();
        return times.get(target);
      },
      `the alert about ${target}`,
      30_000,
    );
    times.delete(target);
    return at;
  };
}
