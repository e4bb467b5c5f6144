/** What people read for each subcommand, in the order of need. */
export const SUBCOMMANDS = {
  status: "what is requested and active, with time left and buttons",
  show: "`show BG-42`: one bypass: who, what, when, why, links, timeline",
  log: "`log BG-42 restarted the queue`: put on record what was done",
  close: "`close BG-42`: end your own bypass when you are done",
  reviews: "the reviews that are open, and when they are due",
  stats: "`stats`: how each gate reads; `/breakglass stats e2e-suite`: one gate with its history",
  drill: "rehearse: the same form and the same people, marked DRILL, and it opens nothing",
  redact:
    "`redact 57 reason a token was pasted`: remove the reason, target, line or lesson of entry 57 from the trail for good (needs the right)",
  help: "this page",
} as const;

export type Subcommand = keyof typeof SUBCOMMANDS;

/** Words that people may know of and that this version does not have. */
export const LATER = ["export"] as const;

/** How it works, for someone who has never used it and has one minute. */
export function helpText(): string {
  const lines = Object.entries(SUBCOMMANDS).map(([name, words]) =>
    words.startsWith("`") ? `• \`/breakglass ${words.slice(1)}` : `• \`/breakglass ${name}\`: ${words}`,
  );
  return [
    "*Breakglass is the emergency exit for quality gates.*",
    "`/breakglass` opens the form: which gates to skip, for what, and why. A second person presses *Approve*, the bypass is active for the time you chose, and everybody is told. It ends by itself; *Close* ends it sooner. Each bypass gets a blameless review.",
    ...lines,
    "In the thread of an alert, a reply that starts with `log:` is put on record too.",
    "Nobody approves their own bypass. Reasons go on record for good: no passwords, tokens or customer data.",
  ].join("\n");
}
