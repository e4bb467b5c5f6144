// biome-ignore-all lint/suspicious/noTemplateCurlyInString: people type such placeholders
import { describe, expect, test } from "vitest";
import { findSecret } from "../../../src/domain/text/secrets.js";
import { fill, randomOf } from "./labelled/fill.js";

const verdictOf = (template: string) => findSecret(fill(template, randomOf(template)));
const LIKELY = { verdict: "likely", kind: "password" } as const;

describe("A password that is an argument of a command is asked about", () => {
  test.each([
    "mysql -uroot -pWint{d4}! payments",
    "mariadb-dump -u app '-pWint{d4}!' payments",
    "mysql -u app -pletmein payments",
    "docker login -u bot -p Wint{d4}! ghcr.io",
    "helm registry login -u bot -p 'Wint{d4}!' ghcr.io",
    "az login -u a@b.c -p Wint{d4}!",
    "sshpass -p 'Wint{d4}!' ssh root@10.0.0.4",
    "sshpass -pWint{d4}! ssh root@10.0.0.4",
    "mongosh -u app -p Wint{d4}! db-1/orders",
    "openssl enc -d -aes-256-cbc -k Wint{d4}! -in dump.enc",
    "openssl rsa -in key.pem -passin pass:Wint{d4}!",
    "7z x dump.7z -pWint{d4}!",
    "sqlcmd -S db-1 -U sa -P Wint{d4}!",
    "redis-cli -h cache-1 -a Wint{d4}! flushall",
    "AUTH default Wint{d4}!",
    "CONFIG SET requirepass Wint{d4}!",
    "ldapsearch -x -D cn=admin -w Wint{d4}!",
    "snmpwalk -v3 -u ops -A Wint{d4}! sw-1",
    "smbclient -U 'CORP\\admin%Wint{d4}!' //fs01/c",
    "lftp -u deploy,Wint{d4}! files.acme.io",
    "xfreerdp /v:web-03 /u:admin /p:'Wint{d4}!'",
    "net use \\\\fs01\\c$ /user:CORP\\admin Wint{d4}!",
    "net use Z: \\\\fs01\\c$ Wint{d4}! /user:CORP\\admin",
    "net user deploy Wint{d4}! /add",
    "sqlplus scott/tigers@PROD",
    "sqlplus sys/Wint{d4}@PROD as sysdba",
    "echo Wint{d4}! | sudo -S reboot",
    "echo 'Wint{d4}!' | docker login -u bot --password-stdin",
    "sudo -S reboot <<< 'Wint{d4}!'",
    "mysqldump --password Wint{d4}! payments",
    "keytool -list -storepass Wint{d4}!",
    "schtasks /create /ru admin /rp Wint{d4}!",
    "CREATE USER app IDENTIFIED BY 'Wint{d4}!'",
    "rabbitmqctl change_password app Wint{d4}!",
    "htpasswd -b /etc/nginx/htpasswd deploy Wint{d4}!",
    "ConvertTo-SecureString 'Wint{d4}!' -AsPlainText",
    "username admin privilege 15 secret 0 Wint{d4}!",
  ])("%s", (template) => {
    expect(verdictOf(template)).toEqual(LIKELY);
  });

  test.each([
    "mysql -h db-1 -u app -p payments",
    "mysql -uroot -p$MYSQL_PWD payments",
    "docker login -u bot -p is deprecated",
    'docker login -u bot -p "$TOKEN"',
    "echo 3 | sudo tee /proc/sys/vm/drop_caches",
    'echo "$PASS" | docker login -u bot --password-stdin',
    "redis-cli -p 6379 ping",
    "net use Z: \\\\fs01\\share /persistent:yes",
    "net user deploy2 /domain",
    "sqlplus / as sysdba",
    "msbuild /p:Configuration=Release2",
    "--password-file /run/secrets/db2",
    "IDENTIFIED BY clause is rejected",
  ])("but not where there is none: %s", (text) => {
    expect(findSecret(text)).toBeNull();
  });
});

describe("A password is asked about", () => {
  test.each([
    ["on the next line", "password:\nWint{d4}!"],
    ["on the next line, without a colon", "Password\n  Wint{d4}!"],
    ["in quotes, with spaces", 'the password is "correct horse battery staple 9"'],
    ["in bold", "*Password:* Wint{d4}!"],
    ["in German", "Das Passwort für db-3 lautet Wint{d4}!"],
    ["in French", "mot de passe : Sol{d4}!"],
    ["in Spanish", "la contraseña de root es Sol{d4}!"],
    ["before its name", "log in with Wint{d4}! as the password"],
    ["beside the user", "creds: deploy / Wint{d4}!"],
    ["beside the user, with a host", "deploy:Wint{d4}!@web-03"],
    ["after a purpose", "pw for the replica Wint{d4}!"],
    ["in an arrow's direction", "pw -> Wint{d4}!"],
    ["in a row of .pgpass", "db-1:5432:orders:app:{A14}7"],
    ["in a row of .netrc", "machine git.acme.io login bot password {A14}7"],
  ])("%s: %s", (_, template) => {
    expect(verdictOf(template)).toEqual(LIKELY);
  });

  test.each([
    "<password>Wint{d4}!</password>",
    '.setPassword("Wint{d4}!")',
    '<add key="Password" value="Wint{d4}!"/>',
    "- name: DB_PASSWORD\n  value: Wint{d4}!",
  ])("in code or markup: %s", (template) => {
    expect(verdictOf(template)).toEqual({ verdict: "likely", kind: "password or key" });
  });

  test.each([
    'password error: "must be at least 12 characters"',
    'The password says "your password was used before"',
    "Passwort ist abgelaufen seit 2026",
    "password:\n- INC-219 is about resets",
    "v2.31.4Hotfix as the password page is broken",
    "postgres://bot@%2Fvar%2Frun%2Fpostgresql:6000/x",
  ])("but not something else: %s", (text) => {
    expect(findSecret(text)).toBeNull();
  });
});

describe("A session cookie is asked about", () => {
  test.each(["Cookie: session={h64}", "curl -H 'Cookie: a=b; connect.sid=s%3A{A32}' https://a.io", "JSESSIONID={H32}"])(
    "%s",
    (template) => {
      expect(verdictOf(template)).toEqual({ verdict: "likely", kind: "session cookie" });
    },
  );

  test.each(["Cookie: SameSite=None is dropped", "Set-Cookie: session=; Max-Age=0", "Cookie: _ga=GA1.2.1234567890"])(
    "but not another one: %s",
    (text) => {
      expect(findSecret(text)).toBeNull();
    },
  );
});

describe("What a provider's documentation tells of its tokens stops a text", () => {
  test.each([
    ["Azure DevOps token", "{A76}AZDO{A4}"],
    ["Airtable token", "pat{A14}.{h64}"],
    ["Supabase token", "sbp_{h40}"],
    ["Supabase key", "sb_secret_{b30}"],
    ["SonarQube token", "sqp_{h40}"],
    ["Cloudflare token", "cfut_{A40}{h8}"],
    ["HubSpot token", "pat-na1-{h8}-{h4}-{h4}-{h4}-{h12}"],
    ["Docker Swarm token", "SWMTKN-1-{a50}-{a25}"],
  ])("%s", (kind, template) => {
    expect(verdictOf(template)).toEqual({ verdict: "sure", kind });
  });
});

describe("What is made to be shown is no secret", () => {
  test.each([
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{B43} dana@laptop",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC{B300} dana@laptop",
    "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAI{B60}",
    "-----BEGIN CERTIFICATE-----\nMIID{B60}\n{B64}\n{B64}\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA{B43}=\n-----END PUBLIC KEY-----",
  ])("%s", (template) => {
    for (const seed of ["1", "2", "3", "4"]) expect(findSecret(fill(template, randomOf(seed)))).toBeNull();
  });

  test("but what stands after it may be one", () => {
    const text = "-----BEGIN CERTIFICATE-----\nMIID{B60}\n-----END CERTIFICATE-----\n{A40}";
    expect(findSecret(fill(text, randomOf("after")))?.verdict).toBe("likely");
  });
});
