import { createSlackDouble, type DoubleOptions, type SlackDouble } from "../../../demo/slack/index.js";

/** A double with Ana and Ben in #incidents, Gus the guest, deactivated Eve, and Zoe from another workspace. */
export async function doubleWithPeople(options: DoubleOptions = {}): Promise<SlackDouble> {
  const slack = await createSlackDouble(options);
  slack.people.add({ id: "U0ANA", name: "ana", displayName: "Ana", email: "ana@example.com", tz: "Europe/Berlin" });
  slack.people.add({ id: "U0BEN", name: "ben", displayName: "Ben" });
  slack.people.add({ id: "U0GUS", name: "gus", guest: "single" });
  slack.people.add({ id: "U0EVE", name: "eve", deactivated: true });
  slack.people.add({ id: "W0ZOE", name: "zoe", teamId: "T0ELSEWHERE", stranger: true });
  slack.groups.add("S0LEADS", "@leads", ["U0BEN", "U0EVE"]);
  slack.channels.add({ id: "C0INC", name: "#incidents", members: ["U0ANA", "U0BEN", "U0EVE"] });
  slack.channels.add({ id: "C0OPEN", name: "open", members: ["U0ANA"], botIsMember: false });
  slack.channels.add({ id: "C0SECRET", name: "secret", private: true, members: ["U0ANA"], botIsMember: false });
  slack.channels.add({ id: "C0SHARED", name: "shared", shared: true, members: ["U0ANA", "W0ZOE"] });
  return slack;
}
