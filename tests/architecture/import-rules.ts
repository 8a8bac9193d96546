/** Which places of the project may import which others (ARCHITECTURE.md, Where things are). */

/** The types of what passes between the rooms of the gateway. Besides the rooms' own files, this folder is all that a room imports. */
const TYPES = 'gateway/types/'

/** The lock of a folder that one process writes. Whatever writes folders uses this one. */
const FOLDER_LOCK = 'service/folder-lock/folder-lock.ts'

/** How an embedded database is opened. */
const EMBEDDED_DATABASE = [
  'service/embedded-postgres.ts',
  'service/prepared-database.ts',
  'service/private-database-files.ts',
]

/** What reads a command line. */
const COMMAND_LINE = ['service/command-line.ts', 'service/command-spec.ts']

/** What puts an error of the operating system into words for a person. */
const ERROR_WORDS = 'service/describe-error.ts'

/** What asks a server of somebody else. */
const ASK_SERVERS = ['service/http/read-bounded.ts', 'service/http/trusted-fetch.ts']

/** The files through which `cli/` starts a process. It imports no other file of these folders. */
const DOORS = [
  'gateway/gateway-command.ts',
  'subgraphs/node-command.ts',
  'subgraphs/policy/policy-command.ts',
  'authority/authority-command.ts',
  'authority/console-command.ts',
]

/** One rule: the modules of `place` may import modules of `place`, and those whose paths begin with one of `allowed`. */
export interface ImportRule {
  /** A folder or file, as a prefix of paths from the root. `*` matches one folder's name. */
  readonly place: string
  readonly allowed: readonly string[]
}

/** The rules, from the narrowest place to the widest. The first rule whose place matches a module holds for it. */
export const RULES: readonly ImportRule[] = [
  { place: 'contract/', allowed: [] },
  {
    place: 'service/audit-log/',
    allowed: [
      ...['contract/', 'audit/', 'service/config-error.ts', 'service/private-files.ts', 'service/read-setting.ts'],
      'service/replace-file.ts',
      ERROR_WORDS,
      FOLDER_LOCK,
    ],
  },
  // A mandate travels with the proof that its authority's log has it.
  // Key sets come from other countries' servers.
  { place: 'service/trust/', allowed: ['contract/', 'audit/', 'service/config-error.ts', ERROR_WORDS, ...ASK_SERVERS] },
  // Statements come through a folder as the requests to a log do.
  {
    place: 'service/suspensions/',
    allowed: [
      ...['contract/', 'audit/inbox/inbox-folder.ts', 'service/append-line.ts', 'service/replace-file.ts'],
      ...['service/http/read-bounded.ts', 'service/http/server-trust.ts', 'service/http/tls-pools.ts', FOLDER_LOCK],
    ],
  },
  // A country’s file names the key of the country’s audit log.
  { place: 'service/', allowed: ['contract/', 'audit/note/key.ts', 'audit/note/rotation.ts'] },
  // The names of the rules’ directives stand in one table.
  { place: 'composition/', allowed: ['contract/access/rule-directives.ts', 'contract/read-words.ts'] },
  // The index reads entries. The log under it does not know what an entry contains.
  {
    place: 'audit/index/',
    allowed: ['audit/', 'contract/audit-log/', FOLDER_LOCK, ...EMBEDDED_DATABASE],
  },
  // So does what verifies that entries say what they may say.
  {
    place: 'audit/verify/verify-entries.ts',
    allowed: ['audit/', 'contract/audit-log/entry.ts', 'contract/audit-log/operator-request.ts', 'contract/uuid-v7.ts'],
  },
  // Why a witness could not be asked is said to a person.
  { place: 'audit/verify/', allowed: ['audit/', ERROR_WORDS] },
  { place: 'audit/witness/', allowed: ['audit/', ERROR_WORDS, FOLDER_LOCK] },
  // A log may run in a thread, whose module has another name in a pack.
  { place: 'audit/', allowed: [FOLDER_LOCK, 'service/module-path.ts', 'contract/hmac.ts'] },
  {
    place: TYPES,
    allowed: [
      'contract/',
      'service/authenticate/credentials.ts',
      // Whose word a country takes, as its file says it.
      'service/country-file-callers.ts',
      'service/http/server-trust.ts',
    ],
  },
  {
    place: 'gateway/process/',
    allowed: [
      'contract/',
      'service/',
      'audit/note/policy.ts',
      'audit/shards/period.ts',
      'audit/witness/collect.ts',
      // The refs of its log, by which an officer may be suspended.
      'audit/pseudonym/pseudonym.ts',
      'gateway/admit/',
      'gateway/audit-log/',
      'gateway/metrics/',
      'gateway/pipeline/',
      'gateway/planning/',
      'gateway/telemetry/',
      TYPES,
    ],
  },
  {
    place: 'gateway/pipeline/',
    allowed: [
      'contract/',
      // What the planning thread found when it loaded the graph.
      'composition/known-patterns.ts',
      // What the planning thread checks before it parses a document, and how it takes its jobs.
      'gateway/admit/limits.ts',
      'gateway/admit/read-document.ts',
      'gateway/authorize/',
      'gateway/gather/',
      'gateway/introspect/',
      'gateway/plan/',
      'gateway/planning/worker-thread.ts',
      'gateway/shape/',
      'gateway/splice/',
      'gateway/spread/',
      TYPES,
    ],
  },
  // What gateways share lies in a database, which has a clock of its own.
  {
    place: 'gateway/admit/',
    allowed: ['contract/', 'service/clock-difference.ts', TYPES],
  },
  { place: 'gateway/audit-log/', allowed: ['contract/', 'audit/', 'service/audit-log/', TYPES] },
  // The connections to the nodes, which the gateway shares with what else it asks.
  {
    place: 'gateway/leg/',
    allowed: [
      'contract/',
      // The caller's access token, which only the exchange at its authority opens.
      'service/authenticate/sealed-token.ts',
      'service/describe-connection.ts',
      'service/http/end-of-turn.ts',
      'service/http/exchange.ts',
      'service/http/post.ts',
      'service/http/tls-pools.ts',
      TYPES,
    ],
  },
  {
    place: 'gateway/front/',
    allowed: ['contract/', 'service/http/', 'service/authenticate/credentials.ts', TYPES],
  },
  {
    place: 'gateway/plan/',
    allowed: [
      'contract/',
      'composition/known-patterns.ts',
      'composition/supported-features.ts',
      'composition/field-terms.ts',
      TYPES,
    ],
  },
  // It sends one leg as the leg room does, for a country whose file it has just read.
  {
    place: 'gateway/probe/',
    allowed: [
      'contract/',
      'audit/note/',
      'service/',
      'gateway/audit-log/receipts.ts',
      'gateway/leg/',
      'gateway/process/',
      'gateway/rooms.ts',
      TYPES,
    ],
  },
  { place: 'gateway/*/', allowed: ['contract/', TYPES] },
  { place: 'gateway/', allowed: ['contract/', 'service/'] },
  // The gateway with another door. Nothing imports it.
  {
    place: 'embedding/',
    allowed: [
      ...['contract/', 'service/closest-to.ts', 'service/config-error.ts'],
      ...['service/http/json-response.ts', 'service/http/peer-certificate.ts'],
      ...['gateway/front/', 'gateway/front-door.ts', 'gateway/main.ts', 'gateway/process/', TYPES],
    ],
  },
  {
    place: 'subgraphs/kit/audit-log/',
    allowed: [
      'contract/',
      'audit/',
      'service/audit-log/',
      'service/suspensions/entry-of-act.ts',
      // What the audit log and the quota of rows both find in an answer.
      'subgraphs/kit/own-records.ts',
      'subgraphs/kit/rules.ts',
    ],
  },
  // The node’s own executor knows of the kit what fields are, and nothing of rows, HTTP and rights.
  {
    place: 'subgraphs/kit/plans/',
    allowed: ['subgraphs/kit/leg-variables.ts', 'subgraphs/kit/row-values.ts', 'subgraphs/kit/types.ts'],
  },
  // A node and the gateway read a country’s file with the same code, so that both report the same faults in it.
  {
    place: 'subgraphs/kit/',
    allowed: [
      'contract/',
      'service/config-error.ts',
      ERROR_WORDS,
      'service/version.ts',
      // Its settings are options of a command, and what is dangerous in them.
      'audit/shards/period.ts',
      'service/setting.ts',
      'service/setting-forms.ts',
      'service/dangers.ts',
      'service/stop-on-signals.ts',
      'service/country-file.ts',
      'service/watch-files.ts',
      'service/yaml-file.ts',
      // What it believes of callers, and of the connection on which they come.
      'audit/note/key.ts',
      'service/country-file-callers.ts',
      'service/country-file-questions.ts',
      'service/http/peer-certificate.ts',
      'service/trust/',
      // What is suspended.
      'service/suspensions/',
      // Its audit log.
      'service/audit-log/describe-rules.ts',
      'service/audit-log/key-files.ts',
      // Its rows, and the thread of an embedded database.
      ...EMBEDDED_DATABASE,
      FOLDER_LOCK,
      'service/clock-difference.ts',
      'service/describe-connection.ts',
      'service/module-path.ts',
      // It speaks HTTP and TLS itself: its own server, the operator’s, and the connections to the services behind it.
      'service/certificates/',
      'service/http/exchange.ts',
      'service/http/http-server.ts',
      'service/http/kept-pool.ts',
      'service/http/post.ts',
      'service/http/listen.ts',
      'service/http/operator-server.ts',
      'service/http/tls-pools.ts',
      'service/http/tls-server.ts',
      'service/http/trusted-fetch.ts',
      // The hit searches of the day of a node without a database.
      'service/append-line.ts',
      'service/replace-file.ts',
    ],
  },
  {
    place: 'subgraphs/policy/',
    allowed: [
      'contract/',
      ...COMMAND_LINE,
      ERROR_WORDS,
      // It asks a gateway what it has.
      'service/http/trusted-fetch.ts',
      'service/show-text.ts',
      'service/usage-error.ts',
      'service/yaml-file.ts',
      'service/lang-option.ts',
      // The language that the terminal asks for.
      'subgraphs/kit/config.ts',
      'subgraphs/kit/cut-off.ts',
      'subgraphs/kit/rules.ts',
    ],
  },
  { place: 'subgraphs/*/', allowed: ['contract/', 'subgraphs/kit/'] },
  {
    place: 'subgraphs/',
    allowed: [
      'contract/',
      ...COMMAND_LINE,
      'service/misspelt-variables.ts',
      'service/config-error.ts',
      'service/stop-on-signals.ts',
    ],
  },
  // What a tool needs runs in a browser: it has the platform, and nothing of ours.
  { place: 'clients/', allowed: [] },
  // The auditor’s rooms check proofs with the code of the log, and describe entries with that of the contract (tools/browser-modules).
  {
    place: 'console/src/audit/',
    allowed: [
      'console/',
      'contract/audit-log/',
      'contract/access-token.ts',
      // What was refused is said in words.
      'contract/error-message.ts',
      'contract/errors.ts',
      'contract/language.ts',
      'contract/record-id.ts',
      'audit/index/entry-row.ts',
      'audit/log/canonical.ts',
      'audit/note/',
      'audit/pseudonym/pseudonym.ts',
    ],
  },
  // The national team’s rooms make what the commands take, and read what they print.
  {
    place: 'console/src/national/',
    allowed: [
      'console/',
      'contract/audit-log/entry.ts',
      'contract/audit-log/public-report/withhold-small.ts',
      'contract/audit-log/words.ts',
      'contract/error-message.ts',
      'contract/trust/',
    ],
  },
  // What a browser runs: the client, and the parts of the contract that need no Node.
  {
    place: 'console/',
    allowed: [
      'clients/',
      'contract/error-message.ts',
      'contract/errors.ts',
      'contract/iccs.ts',
      'contract/language.ts',
      'contract/place.ts',
      'contract/record-id.ts',
    ],
  },
  { place: 'auditors/oversight/', allowed: ['contract/', 'service/', 'audit/'] },
  // What auditors do with logs. It knows nothing of the program that runs its commands.
  {
    place: 'auditors/',
    allowed: [
      'contract/',
      'service/',
      'audit/',
      // `istmo audit derive` asks a question of the past again, and takes the legs apart that the gateway merged.
      'gateway/replay-question.ts',
      'gateway/merged-legs.ts',
      'stamps/stamp.ts',
    ],
  },
  { place: 'authority/', allowed: ['contract/', 'service/', 'audit/'] },
  // A check asks the domains as their node does.
  {
    place: 'joining/check/',
    allowed: [
      'contract/',
      'service/certificates/',
      ...COMMAND_LINE,
      ERROR_WORDS,
      'service/closest-to.ts',
      'service/clock-difference.ts',
      'service/command-texts.ts',
      'service/config-error.ts',
      'service/country-file.ts',
      'service/http/trusted-fetch.ts',
      'service/lang-option.ts',
      'service/private-files.ts',
      'service/show-text.ts',
      'service/usage-error.ts',
      'subgraphs/domains.ts',
      'subgraphs/kit/',
      'joining/commands.ts',
      'joining/doubtful-values.ts',
      'joining/environment.ts',
    ],
  },
  // What a national team runs: it fills, checks and keeps a node, over the node's own tables and rules.
  {
    place: 'joining/',
    allowed: ['contract/', 'service/', 'audit/', 'subgraphs/kit/', 'subgraphs/domains.ts', 'clients/'],
  },
  // A command of `istmo audit` with packages that nothing else needs.
  {
    place: 'stamps/',
    allowed: [
      ...['audit/', 'contract/audit-log/entry.ts', 'auditors/command.ts', 'auditors/inputs.ts'],
      ...['auditors/options.ts', 'service/audit-log/own-log.ts', 'service/command-spec.ts', 'service/command-texts.ts'],
      ...['service/http/trusted-fetch.ts', 'service/replace-file.ts'],
    ],
  },
  {
    place: 'cli/',
    allowed: [
      'contract/',
      'clients/',
      'audit/',
      ...COMMAND_LINE,
      'service/command-texts.ts',
      ERROR_WORDS,
      'service/certificates/',
      'service/config-error.ts',
      // `istmo mandates list` reads the log of an authority that may be running.
      'authority/mandates/mandate-book.ts',
      'service/http/listen.ts',
      'service/lang-option.ts',
      'service/passphrase.ts',
      'service/private-files.ts',
      // It gives statements to processes, and shows what they keep.
      'service/suspensions/',
      'service/terminal.ts',
      'service/usage-error.ts',
      'service/version.ts',
      // A witness follows the country's file.
      'service/watch-files.ts',
      'service/yaml-file.ts',
      'service/replace-file.ts',
      'auditors/',
      'joining/',
      ...DOORS,
    ],
  },
  {
    place: 'demo/',
    allowed: [
      'contract/access-token.ts',
      'contract/country-code.ts',
      'contract/domain.ts',
      'contract/iccs.ts',
      'contract/identifiers.ts',
      'contract/json-value.ts',
      'contract/records/',
      'contract/words.ts',
      // It runs the authority of each country in the process of the country's login provider, and has its mandates signed as persons do.
      'authority/console/console-server.ts',
      'authority/console/console-routes.ts',
      'authority/keys/signing-keys.ts',
      'authority/main.ts',
      'authority/mandates/mandate-book.ts',
      'authority/mandates/mandates.ts',
      'authority/settings/settings.ts',
      'cli/hand-in.ts',
      // It makes the keys of those who may suspend as `istmo keys` does.
      'cli/keys.ts',
      'cli/sign-suspension.ts',
      'contract/trust/suspension.ts',
      'cli/mandates/io.ts',
      'cli/mandates/key-file.ts',
      'contract/trust/mandate-document.ts',
      'contract/trust/mandate-revocation.ts',
      'contract/uuid-v7.ts',
      // Its login pages speak the languages of the demo.
      'contract/language.ts',
      ...COMMAND_LINE,
      'service/command-texts.ts',
      FOLDER_LOCK,
      // It makes a certificate authority of its own, and asks its children and authorities over TLS.
      'service/certificates/',
      'service/http/trusted-fetch.ts',
      'service/lang-option.ts',
      'service/module-path.ts',
      'service/private-files.ts',
      'service/usage-error.ts',
      // It writes the keys of its audit logs, and replaces a trust policy of an earlier version.
      'audit/note/key.ts',
      'audit/note/policy.ts',
      'audit/pseudonym/key-file.ts',
      // It writes down its imports in the countries’ audit logs.
      'service/audit-log/os-user.ts',
      'service/audit-log/own-log.ts',
      // It adds its own commands to those of `istmo`, and starts the gateway and the nodes with them as processes.
      'cli/commands.ts',
      'cli/launch.js',
      'cli/program.ts',
      // It fills the databases of the nodes, those of publishers' files by mappings.
      'joining/running/ask.ts',
      'joining/mapping/',
      'joining/sources/csv.ts',
      'joining/sources/source.ts',
      'joining/sync/',
      // At its first start it makes the databases that the others begin as copies of.
      'service/progress-bar.ts',
      'service/prepared-database.ts',
      'subgraphs/kit/database.ts',
      'subgraphs/kit/migrate.ts',
      'subgraphs/kit/prepare-databases.ts',
      'subgraphs/kit/statistics.ts',
      'subgraphs/kit/types.ts',
    ],
  },
]
