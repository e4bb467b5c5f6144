import { withSubcommands } from "../subcommands.js";
import { newKey } from "./new-key.js";
import { verify } from "./verify.js";

/** `breakglass receipt …`: verifies what pipelines were told, and makes the key that signs it. Needs no running bot. */
export const receiptCommand = withSubcommands(
  {
    name: "receipt",
    summary: "Verify a pipeline's receipt offline; make the key that signs receipts",
    usage: [
      "breakglass receipt verify RECEIPT|- --jwks FILE|URL [--at TIME] [--json]",
      "                          [--gate G] [--run ID] [--commit SHA] [--repository ID] [--iss URL]",
      "  RECEIPT    the receipt; - reads it from standard input",
      "  --jwks     the keys to trust: a file, or the bot's https://…/.well-known/jwks.json",
      "  --at       the moment at which it has to be valid, such as 2026-12-01T03:12:00Z; default: now",
      "  --gate, --run, --commit, --repository, --iss",
      "             what the receipt has to be for",
      "  --json     prints one JSON object",
      "  exit 0 fine, 1 the receipt is wrong or was not valid then, 2 no keys or no receipt could be read",
      "breakglass receipt key FILE",
      "  makes a key for RECEIPT_KEY_FILE that only this account may read; an existing file is left as it is",
    ],
  },
  "say what to do with receipts",
  { verify, key: newKey },
);
