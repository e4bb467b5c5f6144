import type { Case } from "./broken-texts.js";

/** Patterns of incident ids, and links to incidents, that cannot be used. */
export const INCIDENTS: Case[] = [
  ["an invalid pattern", '"^INC-[0-9]+$"', '«"^INC-([0-9]+$"', /expected a regular expression .*missing closing \)/],
  [
    "a pattern with look-around",
    '"^INC-[0-9]+$"',
    '«"^(?=INC)[0-9]+$"',
    /without look-around .*describe what an id may be/,
  ],
  [
    "a link whose host the id would choose",
    '"https://incidents.example.com/{id}"',
    '«"https:///{id}"',
    /host is fixed/,
  ],
  [
    "a link without the id",
    '"https://incidents.example.com/{id}"',
    '«"https://incidents.example.com/"',
    /expected a URL that holds \{id\}/,
  ],
  [
    "a link that is not a web address",
    '"https://incidents.example.com/{id}"',
    '«"javascript:alert({id})"',
    /starts with https/,
  ],
  [
    "a link whose host is not fixed",
    '"https://incidents.example.com/{id}"',
    '«"https://{id}.example.com/"',
    /whose host is fixed/,
  ],
];
