import type { Match, Rule } from "./rule.js";
import { FIGURE, isBare, isChosen, NOT_A_VALUE } from "./values.js";

/* Passwords as arguments of commands, as people paste them in an incident. What stands there merely looks like a password. */

/** An argument, with or without quotes; in prose they may be curly. */
const ARGUMENT = "(?:[\"“”]([^\"“”\\n]{1,200})|['‘’]([^'‘’\\n]{1,200})|([^\\s\"'`|;<>“”‘’]{1,200}))";
const END_OF_QUOTES = "[\"'“”‘’]?";

/** What may stand between a program and the option; bounded, so that a text full of programs is read in linear time. */
const ANYTHING = "[^\\n]{0,200}?[ \\t]";

/** Not a word of prose ("-p is deprecated"), a port, another option or a variable. */
function isArgument(value: string): boolean {
  if (value.length < 4 || /^[-$/]/.test(value) || NOT_A_VALUE.test(value) || FIGURE.test(value)) return false;
  return isBare(value) && (/[\d!#$%^&*?@+=~]/.test(value) || /[a-z][A-Z]/.test(value));
}

const judge = ({ secret }: Match): boolean => isArgument(secret);

/** Letters alone are a password where nothing else can stand: `-pletmein`, `scott/tiger`. */
const judgeWord = ({ secret }: Match): boolean =>
  isArgument(secret) || (/^[a-z]{5,}$/i.test(secret) && !NOT_A_VALUE.test(secret) && !/^rotocol$/.test(secret));

function rule(
  id: string,
  keywords: readonly string[],
  pattern: string,
  judges: NonNullable<Rule["judge"]> = judge,
  flags: { readonly flags?: "i" } = {},
): Rule {
  return { id: `password of ${id}`, kind: "password", sure: false, keywords, pattern, judge: judges, ...flags };
}

/** A program whose option, in either case as written, takes a password. */
const option = (id: string, keywords: readonly string[], programs: string, of: string): Rule =>
  rule(id, keywords, `(?<![\\w-])(?:${programs})(?=[ \\t])${ANYTHING}["']?(?:${of})${ARGUMENT}`);

const WINDOWS = { flags: "i" } as const;
const LOGS_IN = "docker|podman|nerdctl|buildah|skopeo|crane|oras|helm|az|oc|cf|argocd|ibmcloud|jf|aliyun";

export const COMMAND_PASSWORDS: readonly Rule[] = [
  rule(
    "a MySQL client",
    ["mysql", "mariadb"],
    `(?<![\\w-])(?:mysql|mariadb)[a-z-]{0,12}(?=[ \\t])${ANYTHING}["']?-p(?![ \\t-])${ARGUMENT}`,
    judgeWord,
  ),
  rule(
    "a login",
    ["login"],
    `(?<![\\w-])(?:${LOGS_IN})[ \\t][^\\n]{0,60}?login(?=[ \\t])${ANYTHING}-p[ =]?${ARGUMENT}`,
  ),
  option(
    "a client",
    [
      "sshpass",
      "mongo",
      "cqlsh",
      "beeline",
      "influx",
      "rabbitmqadmin",
      "winrm",
      "psexec",
      "nxc",
      "netexec",
      "rdesktop",
    ],
    "sshpass|mongo[a-z]{0,10}|cqlsh|beeline|influx|rabbitmqadmin|evil-winrm|psexec[.\\w]{0,8}|nxc|netexec|rdesktop",
    "-p[ =]?",
  ),
  option("a cipher", ["openssl"], "openssl", "-k[ \\t]"),
  option("an archive", ["7z", "unrar"], "7za?|unrar|rar", "-(?:p|hp)"),
  option(
    "a client",
    ["sqlcmd", "osql", "bcp", "isql", "tsql", "mssql", "ipmitool", "mosquitto_", "zip"],
    "sqlcmd|osql|bcp|isql|tsql|mssql-cli|ipmitool|mosquitto_[a-z]{2,4}|zip|unzip",
    "-P[ \\t]?",
  ),
  option("a Redis client", ["-cli"], "(?:redis|valkey|keydb)-cli", "-a[ \\t]{1,3}"),
  option("an LDAP client", ["ldap", "kadmin"], "ldap[a-z]{3,10}|kadmin", "-w[ \\t]?"),
  option("an SNMP client", ["snmp"], "snmp[a-z]{3,8}", "-[AX][ \\t]?"),
  option("a user", ["%"], "smb[a-z]{3,10}|rpcclient|winexe|net", "-U[ \\t=]?[\"']?[^\\s%\"']{1,60}%"),
  option("a user", ["lftp", "jenkins-cli"], "lftp|java", "-(?:u|auth)[ \\t][\"']?[\\w.@-]{1,40}[,:]"),
  rule("a remote desktop", ["freerdp"], `freerdp[3]?(?=[ \\t])${ANYTHING}\\/p:${ARGUMENT}`, judge, WINDOWS),
  rule(
    "a share",
    ["net"],
    `(?<![\\w-])net[ \\t]{1,3}use[ \\t]${ANYTHING}\\/u(?:ser)?:[^\\s]{1,80}[ \\t]${ARGUMENT}`,
    judge,
    WINDOWS,
  ),
  rule(
    "a share",
    ["net"],
    `(?<![\\w-])net[ \\t]{1,3}use[ \\t][^\\n]{0,40}?\\\\[^\\s]{1,100}[ \\t]${ARGUMENT}${END_OF_QUOTES}[ \\t]\\/u(?:ser)?:`,
    judge,
    WINDOWS,
  ),
  rule("a user", ["net"], `(?<![\\w-])net[ \\t]{1,3}user[ \\t][\\w.-]{1,40}[ \\t]${ARGUMENT}`, judge, WINDOWS),
  rule(
    "an Oracle client",
    ["sqlplus", "sqlldr", "expdp", "impdp", "rman"],
    `(?<![\\w-])(?:sqlplus|sqlldr|expdp|impdp|rman)[ \\t][^\\n]{0,60}?(?<![\\w./])[\\w$#]{1,30}\\/["']?([^\\s@/"']{4,60})`,
    judgeWord,
    WINDOWS,
  ),
  rule(
    "standard input",
    ["echo", "printf"],
    `(?:echo|printf)[ \\t](?:-[a-z]{1,3}[ \\t])?${ARGUMENT}${END_OF_QUOTES}[ \\t]?\\|[ \\t]?(?:sudo[ \\t][^\\n|]{0,40}?-[a-zA-Z]{0,4}S|[^\\n|]{0,80}?--?(?:passw(?:or)?d|passphrase|token|pass)?-?(?:stdin|fd)|(?:sudo[ \\t])?(?:kinit|chpasswd|smbpasswd|cryptsetup))`,
  ),
  rule("standard input", ["<<<"], `(?:sudo[ \\t]|login|kinit|chpasswd|passwd|stdin)[^\\n]{0,80}?<<<[ \\t]?${ARGUMENT}`),
  rule(
    "an option",
    ["pass", "pw", "/rp"],
    `(?<![\\w-])(?:--?|/)[a-z-]{0,30}?(?:passw(?:or)?d|passphrase|passin|passout|pass|pw|rp)(?:=|[ \\t]{1,3})(?:pass:)?${ARGUMENT}`,
    judge,
    WINDOWS,
  ),
  rule(
    "an account",
    ["identified", "securestring", "add_user", "change_password", "requirepass", "masterauth", "htpasswd", "radtest"],
    `(?:identified[ \\t](?:with[ \\t][^\\s]{1,40}[ \\t])?by|convertto-securestring(?:[ \\t]-string)?|(?:add_user|change_password|radtest)[ \\t][^\\s]{1,60}|requirepass|masterauth|htpasswd[ \\t]-[a-z]{0,4}b[a-z]{0,4}[ \\t][^\\s]{1,100}[ \\t][^\\s]{1,60})[ \\t]${ARGUMENT}`,
    judge,
    WINDOWS,
  ),
  rule("AUTH", ["auth"], `(?<![\\w-])AUTH[ \\t](?:default[ \\t])?${ARGUMENT}`, ({ secret }) => isChosen(secret)),
  rule(
    "a network device",
    ["secret", "password"],
    `(?:enable|username[ \\t][^\\s]{1,40}|line)[ \\t](?:privilege[ \\t]\\d{1,2}[ \\t])?(?:secret|password)[ \\t](?:[05789][ \\t])?${ARGUMENT}`,
    judge,
    WINDOWS,
  ),
];
