// Made of src/cli/check/action.ts by scripts/build-action.mjs; do not edit. It imports nothing but Node's own modules.
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
/** All of them, for use between `[` and `]` with the flag `u`. */
var INVISIBLE = `${String.raw`\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f`}${String.raw`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069`}${String.raw`\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0`}${String.raw`\ufff9-\ufffc\ufffe\uffff\u{e0000}-\u{e007f}`}`;
/** Line breaks other than the line feed: CR, vertical tab, form feed, NEL, line and paragraph separator. */
var OTHER_LINE_BREAKS = String.raw`\r\u000b\u000c\u0085\u2028\u2029`;
new RegExp(`[${INVISIBLE}${OTHER_LINE_BREAKS}\\ufffd]|\\p{Cs}`, "u");
// src/domain/text/printable.ts
/** What a terminal may obey, hide or draw elsewhere instead of showing it. */
var UNPRINTABLE = new RegExp(`[${INVISIBLE}${OTHER_LINE_BREAKS}\\t\\n]|\\p{Cs}`, "gu");
/**
* One line for a terminal that shows all that is in the text: control characters, line breaks, bidi marks and invisible
* characters as `\u{1b}`. Idempotent. Whatever comes from a database, a file or another program passes it before it is
* printed, or it could move the cursor and paint a result that is not there.
*/
function printable(text) {
	return text.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
/** JSON that a terminal may show: the same value, with everything unprintable in its strings escaped as JSON does. */
function printableJson(value, indent) {
	return JSON.stringify(value, null, indent).split("\n").map((line) => line.replace(UNPRINTABLE, escapedForJson)).join("\n");
}
/** JSON writes characters beyond U+FFFF as two halves. */
var escapedForJson = (character) => Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
// src/cli/command.ts
/**
* The exit codes of the command line; the bot uses the last one too. Scripts and pipelines rely on these numbers: for
* `check`, 0 means "skip the gate" and anything else means "run it".
*/
var EXIT = {
	/** The check ran and found nothing wrong. */
	fine: 0,
	/** The check ran and found something wrong: a faulty policy, a trail that does not verify. */
	foundWrong: 1,
	/** The check could not run: a file that cannot be read, a server that does not answer. */
	couldNotLook: 2,
	/** The arguments are wrong (EX_USAGE of sysexits.h). */
	wrongUsage: 64,
	/** The configuration is faulty, and a restart will not help (EX_CONFIG of sysexits.h). */
	faultyConfiguration: 78
};
/** The same I/O, with each line {@link printable}: what a database, a file or Slack says cannot paint the screen. */
function printableIo(io) {
	return {
		...io,
		out: (line) => io.out(printable(line)),
		err: (line) => io.err(printable(line))
	};
}
/** Writes one JSON value to stdout. */
function printJson(io, value, indent) {
	for (const line of printableJson(value, indent).split("\n")) io.out(line);
}
// src/domain/gate-checks/forms.ts
/** Where a pipeline asks, below the bot's public address. */
var GATE_CHECK_PATH = "/api/v1/gate-checks";
/** Why the gate is to run. */
var CLOSED_REASONS = [
	"no_grant",
	"expired",
	"other_target",
	"other_commit",
	"drill",
	"not_recorded"
];
/** A full commit id, of SHA-1 or SHA-256. */
var COMMIT_PATTERN = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** A bypass by its number. */
var BYPASS_PATTERN = /^BG-[1-9]\d{0,8}$/;
/** A short head: the first 24 hex digits of the chain's head. */
var SHORT_HEAD_PATTERN = /^[0-9a-f]{24}$/;
/** The three parts of a JWT. */
var JWT_PATTERN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
// src/domain/gate-checks/run-id.ts
/**
* What names a run of a pipeline, as one text. The endpoint makes it of the claims of the identity token, and the command
* line of the environment of the job; the two must agree.
*/
/** A run of GitHub Actions. A re-run is an attempt of its own, and asks anew. */
var githubRun = (repositoryId, runId, runAttempt) => `github:${repositoryId}/${runId}/${runAttempt}`;
/** A pipeline of GitLab CI. */
var gitlabRun = (projectId, pipelineId) => `gitlab:${projectId}/${pipelineId}`;
/** A build of Buildkite. Builds are numbered within their pipeline. */
var buildkiteRun = (pipelineId, buildNumber) => `buildkite:${pipelineId}/${buildNumber}`;
/** A workflow of CircleCI. */
var circleciRun = (projectId, workflowId) => `circleci:${projectId}/${workflowId}`;
/**
* Any run: a word for where it runs, a colon, and what names it there, without spaces. Other CIs choose
* both, such as `jenkins:payments/1234`.
*/
var RUN_PATTERN = /^[a-z][a-z0-9-]{0,31}:[\x21-\x7e]{1,160}$/;
// src/domain/policy/name-pattern.ts
/** How a gate, a role or a path is named in the policy file, and so wherever a program names one. */
var NAME_PATTERN = /^[a-z0-9][a-z0-9._-]{0,62}$/;
// src/lib/safe-address.ts
var LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
/**
* The address, if what is sent there cannot be read or changed on the way: `https://`, or `http://` on this machine. No user
* and password, which would end up in logs.
* @returns `null` for any other
*/
function safeAddress(text) {
	if (!URL.canParse(text)) return null;
	const url = new URL(text);
	return (url.protocol === "https:" || url.protocol === "http:" && LOOPBACK.test(url.hostname)) && url.username === "" && url.password === "" ? url : null;
}
// src/lib/causes.ts
/** Deeper chains are of nobody's making; a circle of causes would be endless. */
var MOST = 6;
/** The error and what caused it, from the outside in: its `cause`, or each error of an `AggregateError`. */
function causesOf(fault, depth = 1) {
	if (!(fault instanceof Error) || depth > MOST) return [];
	return [fault, ...innerOf(fault).flatMap((inner) => causesOf(inner, depth + 1))];
}
var innerOf = (fault) => fault instanceof AggregateError ? fault.errors : [fault.cause];
/** The code of an error: that of the operating system, of Node, of a driver or of a server; `null` without one. */
function codeOf(fault) {
	return fault instanceof Error && "code" in fault && typeof fault.code === "string" ? fault.code : null;
}
/** The codes of an error and of what caused it, from the outside in. */
var codesOf = (fault) => causesOf(fault).flatMap((cause) => codeOf(cause) ?? []);
// src/lib/read-response.ts
/**
* The text of a response of at most so many bytes.
* @returns `null` when it is longer; the rest is not read
*/
async function readAtMost(bytes, { body }) {
	if (body === null) return "";
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let text = "";
	let left = bytes;
	for (;;) {
		const { done, value } = await reader.read();
		if (done || value === void 0) return text + decoder.decode();
		left -= value.byteLength;
		if (left < 0) {
			await reader.cancel().catch(() => void 0);
			return null;
		}
		text += decoder.decode(value, { stream: true });
	}
}
// src/cli/check/client/json.ts
var isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** The value of a JSON text; `undefined` when it is none. */
function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}
// src/cli/check/client/once-more.ts
/**
* Makes one attempt, and a second one when the connection failed. Only for what may happen twice.
* @param attempt throws when the connection fails; whatever was answered it returns
*/
async function onceMore(signal, attempt) {
	for (let left = 1;; left -= 1) try {
		return { result: await attempt() };
	} catch (fault) {
		if (signal.aborted) return { late: true };
		if (left === 0) return { fault };
	}
}
// src/cli/check/client/read-answer.ts
/**
* Reads an answer, and accepts exactly what the schema in `wire.ts` accepts; a test holds the two together. It is written out
* because the action has to run without zod.
* @returns `null` for anything that is no whole answer; the gate then runs
*/
function readAnswer(value) {
	if (!isObject(value)) return null;
	const { open, reason, grant, expires_in_s, approved_by, commit_proven, receipt } = value;
	const trail = trailOf(value.trail);
	if (trail === null || typeof commit_proven !== "boolean") return null;
	if (open === true) {
		if (reason !== "active_grant" || !isBypass(grant) || !isCount(expires_in_s)) return null;
		if (!isApprovers(approved_by) || !(receipt === null || isJwt(receipt))) return null;
		return {
			open,
			reason,
			grant,
			expires_in_s,
			approved_by,
			commit_proven,
			trail,
			receipt
		};
	}
	if (open !== false || !isClosed(reason) || receipt !== null) return null;
	if (!(grant === null || isBypass(grant)) || !(expires_in_s === null || isCount(expires_in_s))) return null;
	if (!(approved_by === null || isApprovers(approved_by))) return null;
	return {
		open,
		reason,
		grant,
		expires_in_s,
		approved_by,
		commit_proven,
		trail,
		receipt
	};
}
function trailOf(value) {
	if (!isObject(value)) return null;
	const { seq, head } = value;
	return isCount(seq) && typeof head === "string" && SHORT_HEAD_PATTERN.test(head) ? {
		seq,
		head
	} : null;
}
var isBypass = (value) => typeof value === "string" && BYPASS_PATTERN.test(value);
var isJwt = (value) => typeof value === "string" && JWT_PATTERN.test(value);
var isCount = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
var isClosed = (value) => CLOSED_REASONS.some((reason) => reason === value);
var isApprovers = (value) => value === "alone" || Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string" && one !== "");
// src/cli/check/client/ask.ts
/** An answer has about 1 kB, a receipt another. */
var MAX_BYTES$1 = 65536;
var LONGEST_DETAIL = 500;
/**
* Asks once, and once more when the connection failed: the bot records a yes once for each run and gate, so a second question
* is harmless. A redirect is not followed, because the token would go along.
* @param base the address of the bot
*/
async function ask({ fetch, deadlineMs }, { base, token, question, signal }) {
	const url = `${base.href.replace(/\/+$/, "")}${GATE_CHECK_PATH}`;
	const send = async () => {
		const response = await fetch(url, {
			method: "POST",
			headers: {
				authorization: `Bearer ${token}`,
				"content-type": "application/json",
				accept: "application/json"
			},
			body: JSON.stringify(question),
			redirect: "manual",
			signal
		});
		const text = await readAtMost(MAX_BYTES$1, response);
		return text === null ? unclear("it answers more than anybody asked for") : replyOf(response.status, parseJson(text));
	};
	const attempted = await onceMore(signal, send);
	if ("result" in attempted) return attempted.result;
	if ("late" in attempted) return unclear(`no answer within ${deadlineMs / 1e3} s`);
	return unclear(`no connection (${codesOf(attempted.fault).at(-1) ?? "broken off"})`);
}
var unclear = (why) => ({
	kind: "unclear",
	why
});
function replyOf(status, body) {
	if (status === 200) {
		const answer = readAnswer(body);
		return answer === null ? unclear("its answer is none that this release knows") : {
			kind: "answer",
			answer
		};
	}
	if (status >= 300 && status < 400) return unclear(`it redirects (${status}), which is not followed; is the address right?`);
	const why = `it answers ${status}${detailOf(body)}`;
	return status === 422 ? {
		kind: "wrong_question",
		why
	} : unclear(why);
}
/** What problem details (RFC 9457) say. */
function detailOf(body) {
	if (!isObject(body)) return "";
	const said = [body.title, body.detail].filter((part) => typeof part === "string" && part !== "");
	return said.length === 0 ? "" : `: ${said.join(": ").slice(0, LONGEST_DETAIL)}`;
}
// src/cli/check/client/identity-token.ts
var MAX_BYTES = 65536;
/**
* The token that says who asks: `BREAKGLASS_TOKEN`, or inside GitHub Actions one that GitHub makes for this job and this
* audience.
*/
async function findToken({ env, fetch }, audience, signal) {
	const given = env.BREAKGLASS_TOKEN?.trim() ?? "";
	if (given !== "") return { token: given };
	const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: right } = env;
	if (!address || !right) return { missing: true };
	const url = safeAddress(address);
	if (url === null) return { fault: "ACTIONS_ID_TOKEN_REQUEST_URL is no https:// address" };
	url.searchParams.set("audience", audience);
	const attempted = await onceMore(signal, async () => {
		const headers = {
			authorization: `bearer ${right}`,
			accept: "application/json"
		};
		const response = await fetch(url, {
			headers,
			redirect: "manual",
			signal
		});
		if (response.status !== 200) return { fault: `GitHub answers ${response.status} to the request for an identity token` };
		const body = parseJson(await readAtMost(MAX_BYTES, response) ?? "");
		const token = isObject(body) ? body.value : void 0;
		return typeof token === "string" && token !== "" ? { token } : { fault: "GitHub gave no identity token" };
	});
	if ("result" in attempted) return attempted.result;
	return { fault: `GitHub could not be asked for an identity token (${"late" in attempted ? "no answer in time" : codesOf(attempted.fault).at(-1) ?? "no connection"})` };
}
// src/cli/check/client/in-words.ts
/** The answer as one sentence for the log of the job. */
function inWords(answer, { gate, target, commit }) {
	if (!answer.open) return `Run ${gate}: ${whyClosed(answer, target, commit)} (${answer.reason}).`;
	const { grant, expires_in_s, approved_by, commit_proven } = answer;
	const by = approved_by === "alone" ? "without a second person's approval" : `approved by ${approved_by.join(", ")}`;
	const unproven = commit_proven ? "" : " That the run builds this commit is only its own word.";
	return `Skip ${gate}: ${grant} is active for another ${durationOf(expires_in_s)}, ${by}.${unproven}`;
}
function whyClosed(answer, target, commit) {
	const bypass = answer.grant ?? "the bypass";
	switch (answer.reason) {
		case "no_grant": return `no active bypass covers it for ${target}`;
		case "expired": return `${bypass} has ended`;
		case "other_target": return answer.grant === null ? `no bypass of it for ${target} is active that this run may use` : `${bypass} is for another target than ${target}`;
		case "other_commit": return `${bypass} does not cover commit ${commit.slice(0, 12)}`;
		case "drill": return `${bypass} is a drill, which opens nothing`;
		case "not_recorded": return "the answer could not be recorded, so nothing is skipped";
		default: return answer.reason;
	}
}
var durationOf = (seconds) => seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
// src/cli/check/client/pipelines.ts
var whenAll = (parts, make) => {
	const given = parts.flatMap((part) => part === void 0 || part === "" ? [] : [part]);
	return given.length === parts.length ? make(...given) : null;
};
var ofRepository = (repository, pull, commit) => whenAll([repository, pull], (repo, number) => `${repo}#${number}`) ?? whenAll([repository, commit], (repo, id) => `${repo}@${id}`);
/** `owner/name` of an address on GitHub; `undefined` for one elsewhere. */
var onGithub = (address) => /github\.com[:/]+([\w.-]+\/[\w.-]+?)(?:\.git)?(?:\/|$)/.exec(address ?? "")?.[1];
var pullNumber = (address) => /\/pull\/(\d+)$/.exec(address ?? "")?.[1];
/** Where the CI systems say it, by their reference of environment variables. */
var PROVIDERS = [
	{
		name: "GitHub Actions",
		marker: "GITHUB_ACTIONS",
		identity: "give the job permissions: id-token: write (pull requests from forks never get it)",
		run: (env) => whenAll([
			env.GITHUB_REPOSITORY_ID,
			env.GITHUB_RUN_ID,
			env.GITHUB_RUN_ATTEMPT
		], githubRun),
		commit: (env, pull) => pull?.head ?? env.GITHUB_SHA,
		target: (env, pull) => ofRepository(env.GITHUB_REPOSITORY, pull?.number.toString(), env.GITHUB_SHA)
	},
	{
		name: "GitLab CI",
		marker: "GITLAB_CI",
		identity: "give the job id_tokens: BREAKGLASS_TOKEN: aud: breakglass",
		run: (env) => whenAll([env.CI_PROJECT_ID, env.CI_PIPELINE_ID], gitlabRun),
		commit: (env) => env.CI_COMMIT_SHA,
		target: () => null
	},
	{
		name: "Buildkite",
		marker: "BUILDKITE",
		identity: "set it to \"$(buildkite-agent oidc request-token --audience breakglass --claim organization_id --claim pipeline_id)\"",
		run: (env) => whenAll([env.BUILDKITE_PIPELINE_ID, env.BUILDKITE_BUILD_NUMBER], buildkiteRun),
		commit: (env) => env.BUILDKITE_COMMIT,
		target: ({ BUILDKITE_PULL_REQUEST: pull, BUILDKITE_REPO, BUILDKITE_COMMIT }) => ofRepository(onGithub(BUILDKITE_REPO), pull === "false" ? void 0 : pull, BUILDKITE_COMMIT)
	},
	{
		name: "CircleCI",
		marker: "CIRCLECI",
		identity: `set it to "$(circleci run oidc get --claims '{"aud":"breakglass"}')"`,
		run: (env) => whenAll([env.CIRCLE_PROJECT_ID, env.CIRCLE_WORKFLOW_ID], circleciRun),
		commit: (env) => env.CIRCLE_SHA1,
		target: ({ CIRCLE_PULL_REQUEST: pull, CIRCLE_REPOSITORY_URL: repository, CIRCLE_SHA1 }) => ofRepository(onGithub(pull) ?? onGithub(repository), pullNumber(pull), CIRCLE_SHA1)
	},
	{
		name: "Jenkins",
		marker: "JENKINS_URL",
		identity: "Jenkins needs a plugin that signs OpenID Connect tokens; see docs/ci.md",
		run: (env) => whenAll([env.JOB_NAME, env.BUILD_NUMBER], (job, build) => `jenkins:${encodeURI(job)}/${build}`),
		commit: (env) => env.GIT_COMMIT,
		target: ({ CHANGE_URL: pull, GIT_URL: repository, GIT_COMMIT }) => ofRepository(onGithub(pull) ?? onGithub(repository), pullNumber(pull), GIT_COMMIT)
	}
];
/** What the job says about itself; `null` outside of the CI systems that are known. */
function pipelineOf(env, pull) {
	const provider = PROVIDERS.find(({ marker }) => (env[marker] ?? "") !== "");
	if (provider === void 0) return null;
	const { name, identity } = provider;
	const commit = provider.commit(env, pull) || null;
	return {
		name,
		identity,
		run: provider.run(env),
		commit,
		target: provider.target(env, pull)
	};
}
// src/cli/check/client/pull-request.ts
/** The pull request for which GitHub runs this job, from the file with its event; `null` when it runs for none. */
async function pullRequestOf({ env, readFile }) {
	const path = env.GITHUB_EVENT_PATH;
	if (env.GITHUB_ACTIONS !== "true" || path === void 0 || path === "") return null;
	let text;
	try {
		text = new TextDecoder().decode(await readFile(path));
	} catch {
		return null;
	}
	const event = parseJson(text);
	const pull = isObject(event) ? event.pull_request : void 0;
	if (!isObject(pull) || !isObject(pull.head)) return null;
	const { number, head } = {
		number: pull.number,
		head: pull.head.sha
	};
	return typeof number === "number" && Number.isSafeInteger(number) && number > 0 && typeof head === "string" && COMMIT_PATTERN.test(head) ? {
		number,
		head
	} : null;
}
// src/cli/check/client/check-gate.ts
/**
* Asks the bot whether this run may skip a gate. Whatever goes wrong, the outcome is to run it: nothing is thrown but a fault
* of this program.
*/
async function checkGate(options, world) {
	const signal = AbortSignal.timeout(world.deadlineMs);
	const pipeline = pipelineOf(world.env, await pullRequestOf(world));
	const asked = questionOf(options, pipeline);
	if ("fault" in asked) return run(EXIT.wrongUsage, options.gate, asked.fault);
	const { question } = asked;
	const stop = (code, why) => ({
		...run(code, question.gate, why),
		question
	});
	const address = world.env.BREAKGLASS_URL?.trim() ?? "";
	if (address === "") return stop(EXIT.faultyConfiguration, "BREAKGLASS_URL, the address of the bot, is not set");
	const base = safeAddress(address);
	if (base === null || base.search !== "" || base.hash !== "") return stop(EXIT.faultyConfiguration, "BREAKGLASS_URL must start with https:// and have no user, query or fragment");
	const found = await findToken(world, options.audience, signal);
	if ("missing" in found) return stop(EXIT.faultyConfiguration, `BREAKGLASS_TOKEN is not set${hintOf(pipeline)}`);
	if ("fault" in found) return stop(EXIT.couldNotLook, found.fault);
	if (!/^[\x21-\x7e]+$/.test(found.token)) return stop(EXIT.faultyConfiguration, "BREAKGLASS_TOKEN is no token");
	const reply = await ask(world, {
		base,
		token: found.token,
		question,
		signal
	});
	if (reply.kind === "wrong_question") return stop(EXIT.wrongUsage, `Breakglass does not take the question: ${reply.why}`);
	if (reply.kind === "unclear") return stop(EXIT.couldNotLook, `Breakglass gave no clear answer: ${reply.why}`);
	const { answer } = reply;
	return {
		code: answer.open ? EXIT.fine : EXIT.foundWrong,
		line: inWords(answer, question),
		question,
		answer
	};
}
var run = (code, gate, why) => ({
	code,
	line: `Run ${gate ?? "the gate"}: ${why}. Nothing was skipped.`,
	question: null,
	answer: null
});
var hintOf = (pipeline) => pipeline === null ? "" : `; on ${pipeline.name}, ${pipeline.identity}`;
/** What is wrong with a value of the question, if anything is. */
var FORMS = {
	gate: [(text) => NAME_PATTERN.test(text), "the name of a gate"],
	target: [(text) => text.length <= 200, `a target of at most 200 characters`],
	commit: [(text) => COMMIT_PATTERN.test(text), "a full commit id of 40 or 64 small hex digits"],
	run: [(text) => RUN_PATTERN.test(text), "a run such as jenkins:payments/1234"]
};
function questionOf(given, pipeline) {
	const question = {
		gate: given.gate ?? "",
		target: given.target ?? pipeline?.target ?? "",
		commit: given.commit ?? pipeline?.commit ?? "",
		run: given.run ?? pipeline?.run ?? ""
	};
	for (const name of [
		"gate",
		"target",
		"commit",
		"run"
	]) {
		const [isOne, form] = FORMS[name];
		if (question[name] === "") return { fault: `say the ${name} with --${name}${unsaid(name, pipeline)}` };
		if (!isOne(question[name])) return { fault: `${JSON.stringify(question[name])} is not ${form} (--${name})` };
	}
	return { question };
}
var unsaid = (name, pipeline) => name === "gate" || pipeline === null ? "" : `; ${pipeline.name} does not say it here`;
// src/cli/check/client/github-report.ts
/**
* Tells GitHub Actions the outcome, where its job asks for it: the outputs `skip`, `reason`, `grant`, `receipt` and `why`, and a
* line of the job's summary. Each value is one line, so none can set another output.
* @returns what could not be written
*/
async function reportToGithub(outcome, env) {
	if (env.GITHUB_ACTIONS !== "true") return [];
	return (await Promise.all([append(env.GITHUB_OUTPUT, outputsOf(outcome)), append(env.GITHUB_STEP_SUMMARY, `${summaryOf(outcome)}\n`)])).flatMap((failed) => failed ?? []);
}
async function append(path, text) {
	if (path === void 0 || path === "") return null;
	try {
		await appendFile(path, text);
		return null;
	} catch {
		return `${path} could not be written`;
	}
}
function outputsOf({ code, line, answer }) {
	const outputs = {
		skip: String(code === EXIT.fine),
		reason: answer?.reason ?? "",
		grant: answer?.grant ?? "",
		receipt: answer?.receipt ?? "",
		why: printable(line)
	};
	return Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`).join("");
}
function summaryOf({ code, line, answer, question }) {
	const head = `**Breakglass** · ${code === EXIT.fine ? "⏭️ skipped" : "▶️ runs"} · ${asText(line)}`;
	if (question === null || answer === null) return head;
	const { seq, head: at } = answer.trail;
	return `${head}\n\n<sub>${asText(question.target)} · commit ${question.commit.slice(0, 12)} · trail ${seq}:${at}</sub>`;
}
/** Text as it stands: neither Markdown nor HTML, nor a mention. */
var asText = (text) => printable(text).replace(/[\\`*_{}[\]()#+!|~-]/g, "\\$&").replace(/[&<>@]/g, (character) => `&#${character.charCodeAt(0)};`);
// src/cli/check/client/receipt-file.ts
/**
* Keeps the receipt of a yes in a file. A yes without one stays a yes: the trail has it, and the way out must not depend on a
* disk.
* @returns what to tell when there is no file now, else `null`
*/
async function keepReceipt({ answer }, path) {
	if (path === void 0 || path === "" || answer?.open !== true) return null;
	if (answer.receipt === null) return `no receipt was written to ${path}: the bot has no key for receipts`;
	try {
		await writeFile(path, `${answer.receipt}\n`);
		return null;
	} catch (fault) {
		return `the receipt could not be written: ${fault instanceof Error ? fault.message : path}`;
	}
}
// src/cli/check/client/world.ts
/** A pipeline waits for this at each gate, so it is short: an answer takes milliseconds, a retry at most doubles it. */
var DEADLINE_MS = 8e3;
/** The audience of the identity token, as the policy names it by default. */
var AUDIENCE = "breakglass";
// src/cli/check/client/act.ts
/**
* Checks as the inputs of the GitHub action say, and tells the runner. It never fails: the output `skip` says what to do, and a
* step that fails would stop the job before its gate.
*/
async function act(io, fetch) {
	const input = (name) => io.env[`INPUT_${name.toUpperCase()}`]?.trim() || void 0;
	const env = {
		...io.env,
		BREAKGLASS_URL: input("url") ?? io.env.BREAKGLASS_URL,
		BREAKGLASS_TOKEN: input("token") ?? io.env.BREAKGLASS_TOKEN
	};
	const given = {
		gate: input("gate"),
		target: input("target"),
		commit: input("commit")
	};
	const asked = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== void 0));
	const world = {
		env,
		fetch,
		readFile: (path) => io.readFile(path),
		deadlineMs: DEADLINE_MS
	};
	const outcome = await checkGate({
		...asked,
		audience: input("audience") ?? "breakglass"
	}, world);
	const unkept = await keepReceipt(outcome, input("receipt-file"));
	const unwritten = await reportToGithub(outcome, env);
	const warn = (text) => io.out(`::warning title=Breakglass::${text.replaceAll("%", "%25")}`);
	io.out(outcome.line);
	if (outcome.code !== EXIT.fine && outcome.code !== EXIT.foundWrong) warn(outcome.line);
	for (const problem of [...unkept === null ? [] : [unkept], ...unwritten]) warn(problem);
}
// src/cli/check/client/check-with-arguments.ts
/** How the check is called. */
var CHECK_USAGE = [
	"breakglass check --gate G [--target T] [--commit SHA] [--run ID] [--audience A] [--receipt-file FILE] [--json]",
	"  asks the bot at BREAKGLASS_URL with BREAKGLASS_TOKEN, the job's OIDC token.",
	"  On GitHub Actions with id-token: write the token is fetched.",
	"  --gate          the gate, by its name in the policy",
	"  --target        what the run is for, such as acme/payments-api#4821 or service:payments",
	"  --commit        the commit that it builds, in full",
	"  --run           the run, such as jenkins:payments/1234",
	"                  GitHub Actions, GitLab CI, Buildkite, CircleCI and Jenkins say commit and run by themselves, and",
	"                  the target where it is on GitHub",
	"  --audience      the audience of the token that is fetched on GitHub Actions; default: breakglass",
	"  --receipt-file  keeps the receipt of a yes in this file",
	"  --json          prints one JSON object",
	"  exit 0 skip the gate; anything else: run it (1 no bypass covers it, 2 no clear answer, 64 wrong usage,",
	"  78 no address or token)"
];
/** Checks as the arguments say, prints one line, and returns what to do about the gate as an exit code. */
async function checkWithArguments(args, io, fetch) {
	const options = parse(args);
	if (typeof options === "string") {
		io.err(`breakglass check: ${options}`);
		for (const line of CHECK_USAGE) io.err(line);
		return EXIT.wrongUsage;
	}
	const { json, receiptFile, ...asked } = options;
	const outcome = await checkGate(asked, {
		env: io.env,
		fetch,
		readFile: (path) => io.readFile(path),
		deadlineMs: DEADLINE_MS
	});
	const unkept = await keepReceipt(outcome, receiptFile);
	const unwritten = await reportToGithub(outcome, io.env);
	const { code, line, question, answer } = outcome;
	if (json) printJson(io, {
		skip: code === EXIT.fine,
		why: line,
		question,
		answer
	});
	else io.out(line);
	for (const problem of [...unkept === null ? [] : [unkept], ...unwritten]) io.err(`breakglass check: ${problem}`);
	return code;
}
function parse(args) {
	try {
		const { values } = parseArgs({
			args: [...args],
			options: {
				gate: { type: "string" },
				target: { type: "string" },
				commit: { type: "string" },
				run: { type: "string" },
				audience: {
					type: "string",
					default: AUDIENCE
				},
				"receipt-file": { type: "string" },
				json: {
					type: "boolean",
					default: false
				}
			}
		});
		const { "receipt-file": receiptFile, audience, json, ...question } = values;
		return {
			...question,
			audience,
			json,
			receiptFile
		};
	} catch (fault) {
		return fault instanceof Error ? fault.message : String(fault);
	}
}
// src/cli/check/action.ts
var io = printableIo({
	out: (line) => process.stdout.write(`${line}\n`),
	err: (line) => process.stderr.write(`${line}\n`),
	readFile: (path) => readFile(path),
	env: process.env,
	now: () => /* @__PURE__ */ new Date()
});
var args = process.argv.slice(2);
if (args.length === 0) await act(io, fetch);
else process.exitCode = await checkWithArguments(args, io, fetch);
export {};
