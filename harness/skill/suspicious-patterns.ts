/**
 * The words by which `suspicious.ts` knows an instruction. Gaps between words are bounded, so that no text takes long.
 * Each pattern wants a verb and an object: `curl` of a field, a column `Password` and a link to read are no findings.
 */
export type SuspiciousKind = "fetch" | "execute" | "disclose" | "disable" | "override";

export interface SuspiciousPattern {
  readonly kind: SuspiciousKind;
  /** Global, so that a negated match does not hide the next. */
  readonly pattern: RegExp;
}

const URL = String.raw`(?:(?:https?|ftp):\/\/(?!(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?:[/\s"'\x60)]|$))|git@|git\+)`;
const HOST = String.raw`\b[\w-]{1,60}\.(?:com|org|net|io|sh|dev|app|xyz|ru|cn|top|site|example|test|invalid)\b`;
const SHELL = String.raw`(?:sudo )?(?:\/(?:usr\/)?bin\/)?(?:env )?(?:(?:ba|z|da|k|fi)?sh|python[23]?|perl|ruby|node)\b`;
const SECRETS = String.raw`(?:(?:system|hidden|initial|secret|developer) (?:prompt|message|instructions?)|your (?:original |full |entire )?(?:prompt|instructions)|the (?:original|full|entire) prompt|(?:api|access|secret|private|ssh|encryption)[ _-]?(?:keys?|tokens?)|credentials|environment variables|env vars|(?:your|system|admin|root|user'?s?) passwords?|\.env\b)`;
/** Workbooks have a validation and a protection of their own: `data validation`, `the protection of the sheet`. */
const OF_CELLS = "(?:data|inputs?|sheets?|worksheets?|workbooks?|cells?|columns?|rows?|ranges?|lists?)";
const CELL_GUARDS = String.raw`(?<!\b${OF_CELLS}\b[^.;]{0,40})(?:validation|protections?)\b(?![^.;]{0,20} ${OF_CELLS}\b)`;
const GUARDS = `(?:safety|security|guard[ -]?rails?|sandbox(?:ing)?|permissions? (?:checks?|prompts?)|verification|${CELL_GUARDS}|certificate|ssl|tls|firewall|antivirus|audit(?:ing)?|content filters?|safeguards?|(?:all|any|the|every|these|those|your) (?:other )?(?:checks?|tests?|evaluators?|scorers?|graders?))`;
const EARLIER = "(?:previous|prior|above|earlier|preceding|foregoing|system|original|other|your|all of (?:the|your))";
const ORDERS = "(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?|constraints?|orders)";
/** `Ignore the Instructions sheet` is about a workbook. */
const NO_CELLS = String.raw`(?! (?:sheet|tab|column|row|cell|page)s?\b)`;

const SOURCES: Record<SuspiciousKind, readonly string[]> = {
  fetch: [
    String.raw`\b(?:curl|wget|aria2c|invoke-webrequest|iwr)\b.{0,80}?${URL}`,
    String.raw`\b(?:curl|wget|aria2c|invoke-webrequest|iwr) (?:-\S+ ){0,6}["']?${HOST}`,
    String.raw`\b(?:pip3?|uv pip|npm|pnpm|yarn|npx|gem|cargo|go|conda|apt(?:-get)?) (?:install|i|add|get)\b.{0,60}?(?:${URL}|--(?:extra-)?index-url|--registry)`,
    String.raw`\b(?:npx|uvx|deno run) (?:-\S+ ){0,3}${URL}`,
    String.raw`\bgit clone\b.{0,40}?(?:${URL}|${HOST})`,
    String.raw`\b(?:requests|httpx|axios|session)\.(?:get|post|put|request)\( ?f?["'\x60]${URL}`,
    String.raw`\b(?:urlopen|urlretrieve|fetch)\( ?f?["'\x60]${URL}`,
    String.raw`\b(?:download|fetch|retrieve|import|install|load|clone|visit|browse to|navigate to)\b[^.;]{0,60}?${URL}`,
  ],
  execute: [
    String.raw`\b(?:curl|wget|base64|xxd|openssl)\b.{0,200}?\| ?${SHELL}`,
    String.raw`\b(?:ba|z|da|k)?sh (?:-c )?["']?(?:<\(|\$\(|\x60) ?(?:curl|wget|base64|echo)\b`,
    String.raw`\b(?:source|eval|\.) ?["']?(?:<\(|\$\(|\x60) ?(?:curl|wget|base64|echo)\b`,
    String.raw`\b(?:eval|exec)\( ?(?:requests|urllib|urlopen|base64|bytes\.fromhex|codecs|zlib|marshal|__import__)\b`,
    String.raw`\b(?:iex|invoke-expression)\b.{0,60}?\b(?:iwr|invoke-webrequest|downloadstring)\b`,
    String.raw`\b(?:execute|run)\b[^.;]{0,40}?\b(?:downloaded|fetched|decoded|remote) (?:file|script|code|payload|binary|command)`,
    String.raw`\brm -(?:rf|fr|r -f|f -r)\w* (?:--no-preserve-root )?(?:\/(?:\s|$|\*|home|etc|usr|var)|~|\$HOME)`,
    String.raw`\/dev\/tcp\/|\bnc(?:at)? (?:-\S+ ){0,3}-e\b|\bmkfs\.\w+|\bdd if=.{0,60}? of=\/dev\/`,
    String.raw`\bpowershell(?:\.exe)? .{0,40}?-e(?:nc|ncodedcommand)?\b`,
  ],
  disclose: [
    String.raw`\b(?:reveal|disclose|leak|dump|expose|print|show|output|repeat|echo|send|upload|post|share|log|report|paste|include|write out|exfiltrate|tell|give)\b[^.;|]{0,40}?\b${SECRETS}`,
    String.raw`\bexfiltrat(?:e|ion of)\b`,
    String.raw`\b(?:send|upload|post|transmit|e-?mail|forward|submit)\b[^.;]{0,80}? to (?:${URL}|[\w.+-]{1,60}@[\w-]{1,60}\.\w|${HOST})`,
    String.raw`\bcurl\b.{0,80}? (?:-d|-F|-T|--data(?:-binary|-raw)?|--form|--upload-file)[ =]?["']?[^ ]{0,40}(?:@|\$\(|\x60)`,
    String.raw`\b(?:cat|less|head|tail|cp|type|read|open)\b.{0,30}?(?:\/etc\/(?:passwd|shadow)|\.ssh\/|id_rsa|\.aws\/|\/proc\/(?:self|\d+)\/environ|\.env\b)`,
    String.raw`(?:^|[;&|\x60(] ?)(?:printenv|env) ?(?:[|>]|$|\x60 )`,
    String.raw`\b(?:print|echo|write|dumps?)\(? ?(?:dict\()?(?:os\.environ|process\.env)\b`,
    String.raw`\b(?:environ(?:\.get)?|getenv|process\.env)[.[(]["']?[A-Z0-9_]{0,40}(?:_KEY|TOKEN|SECRET|PASSWORD)\b`,
  ],
  disable: [
    String.raw`\b(?:disable|turn off|switch off|deactivate|bypass|circumvent|get around|evade)\b[^.;]{0,40}?\b${GUARDS}`,
    String.raw`\b(?:skip|ignore|suppress|remove) (?:the |all |any |every |these ){0,2}(?:safety|security|permission) (?:checks?|rules?|warnings?|filters?)`,
    String.raw`\b(?:skip|disable) (?:all|any|every) (?:\w+ )?(?:checks?|verification|${CELL_GUARDS}|tests?)\b`,
    String.raw`\bverify ?= ?false\b|--no-check-certificate|--insecure\b|--no-verify\b|\bNODE_TLS_REJECT_UNAUTHORIZED\b`,
    String.raw`--dangerously-skip-permissions|\bsetenforce 0\b|\bufw disable\b|\bchmod (?:-R )?777 \/`,
  ],
  override: [
    String.raw`\b(?:ignore|disregard|forget|override|overrule|discard)\b[^.;]{0,30}?\b${EARLIER}\b[^.;]{0,25}?\b${ORDERS}\b${NO_CELLS}`,
    String.raw`\b(?:ignore|disregard|forget|override)\b (?:all |any |the |these ){0,2}${ORDERS}\b (?:above|before|so far|you (?:were|have been) given|from (?:the )?(?:user|system|developer))`,
    String.raw`\b(?:ignore|disregard|forget) everything (?:above|before|you (?:were|have been))`,
    String.raw`\byou are now (?:a|an|no longer|free|unrestricted)\b|\b(?:developer|god|dan) mode\b|\bdo anything now\b|\bjailbreak`,
    String.raw`\b(?:new|updated|real|actual) (?:system )?(?:instructions?|prompt|orders) ?:`,
    String.raw`<\/?(?:system|assistant|developer|skill_content)>|<\|(?:im_start|im_end|system|endoftext)\|>|\[\/?INST\]`,
    String.raw`\b(?:add|write|append|put|copy|insert|save|store|record|include|place)\b[^.;]{0,40}? (?:to|into|in) (?:the|your|this|every|any|its) (?:\w+ )?(?:skills?|skill\.md|lessons?|memory|memories|instructions)\b ?(?::|file\b|verbatim|so that)`,
    String.raw`\b(?:without (?:telling|informing|asking|notifying)|hide (?:this|it) from|keep (?:this|it) (?:secret|hidden) from) (?:the |your )?(?:user|operator|developer|human)`,
  ],
};

/** Each pattern wants one of these: most lines have none, and need no closer look. On text in small letters. */
export const TRIGGER =
  /https?:|ftp:|git[@+]|curl|wget|aria2c|iwr|invoke-|install|clone|urlopen|base64|openssl|xxd|eval|exec|source [<$"']|execute|run |rm -|\/dev\/|mkfs|dd if|ncat|nc -|powershell|prompt|instruction|directive|guideline|constraint|order|rule|message|keys?\b|token|credential|environ|env\b|\.env|secret|password|exfiltrat|@|\/etc\/|\.ssh|id_rsa|\.aws|getenv|disable|turn off|switch off|deactivate|bypass|circumvent|get around|evade|safety|security|permission|skip|verify|insecure|certificate|_tls_|setenforce|ufw |chmod|you are now|everything|mode\b|jailbreak|do anything|<|\[\/?inst|skill|lesson|memor|without |hide|keep /;

/** What is spelt in capitals: names of variables that hold secrets. */
const CAPITALS = /\$\{?[A-Z][A-Z0-9_]{0,40}(?:API_KEY|TOKEN|SECRET|PASSWORD)\b/g;

export const PATTERNS: readonly SuspiciousPattern[] = [
  ...(["override", "execute", "fetch", "disclose", "disable"] as const).flatMap((kind) =>
    SOURCES[kind].map((source) => ({ kind, pattern: new RegExp(source, "gi") })),
  ),
  { kind: "disclose", pattern: CAPITALS },
];
