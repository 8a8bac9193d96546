/** What a finding says, and what to do about it; `{0}`, `{1}` … stand for its values. An empty remedy: there is nothing to do. */
export type FindingWords = readonly [what: string, remedy: string]

/** The words of the findings in English. */
export const ENGLISH_FINDINGS = {
  SETTINGS_READ: ['the settings of the node of {0}, for {1}', ''],
  SETTINGS_WRONG: ['{0}', 'Correct the settings. Nothing else was looked at.'],
  SETTING_UNKNOWN: ['{0} is not a setting of a node, so nobody reads it', 'Remove it, or correct its name.'],
  SETTING_MISSPELT: ['{0} is not a setting of a node, so nobody reads it', 'Did you mean {1}? Correct the name.'],
  DEVELOPMENT: [
    'the node starts with --development, whatever is dangerous',
    'Remove DEVELOPMENT before there are real records.',
  ],
  DANGER: ['{0}', '{1}'],
  RULES_READ: ['the country’s file {0} can be used', ''],
  RULES_NONE: ['there is no country’s file, so the node recognises nobody', 'Set --rules (RULES_FILE).'],
  RULES_WRONG: [
    '{0}',
    'Correct the file. A node that runs keeps the rules that it had; one that is started does not start.',
  ],
  RULES_IN_FORCE: ['the node decides by the country’s file {0}', ''],
  RULES_OTHER: [
    'the node that runs decides by other rules than those of {0}',
    'Look into its log for the reason: a file that it refused changes nothing. Correct the file, or send the node SIGHUP.',
  ],
  RULES_UNCOMPARED: [
    'whether the node that runs decides by {0} is not known: {1}',
    'Set --operator-listen (OPERATOR_LISTEN), such as 127.0.0.1:9465, so that it can be asked.',
  ],
  RULES_CUT_OFF: [
    '{0} does not end with a line break: it may be cut off. A node that had it with one keeps its old rules',
    'Look whether the file is complete, and end its last line.',
  ],
  RULES_CLOSED: [
    'the country’s file names no callers, so nobody gets an answer',
    'Name the authorities that you believe in `callers` (docs/access.md).',
  ],
  POLICY_SUSPECT: [
    'the policy {0} may never allow, or never forbid, what it names: {1}',
    'Correct it (docs/access.md, Write a policy), and try the rules with `istmo policy test`.',
  ],
  TASK_FORCE_OVER: ['the task force {0} ended on {1}', 'Renew it in the country’s file, or remove it.'],
  SUSPENSIONS_NONE: [
    'nobody can suspend anything at this node',
    'Set --suspensions (SUSPENSIONS_DIR) (docs/emergencies.md).',
  ],
  CLOCK_WITH: ['the clock agrees with that of {0} to {1} ms', ''],
  CLOCK_OFF: [
    'the clock differs from that of {0} by {1} ms',
    'Set the clock by NTP (`timedatectl set-ntp true`). From 5 s on, leg tokens are refused.',
  ],
  CLOCK_SYNCED: ['the operating system keeps the clock by NTP', ''],
  CLOCK_UNSYNCED: ['the operating system does not keep the clock by NTP', 'Run: timedatectl set-ntp true'],
  CLOCK_UNKNOWN: [
    'whether the clock is kept by NTP is not known: {0}',
    'See to it by hand that something keeps the clock, such as chrony.',
  ],
  KEY_READ: ['{0} is the {1}', ''],
  KEY_NONE: ['no {1} is set', 'Set {0}.'],
  KEY_WRONG: ['{0}', 'Restore the file from a backup, or make a new key (docs/running-a-node.md, Keys).'],
  KEY_OPEN: ['{0}: other users of this machine may use {1}', 'Run: chmod 600 {1}'],
  KEY_SHARED: ['{0} and {1} are the same key', 'Make a key of its own for each (`istmo keys`).'],
  KEY_TWO: [
    'the file {0} has two keys: the key of the audit log is being replaced',
    'When the gateway and the witnesses have the proof of the rotation: istmo keys rotate audit-log-key --finish. If the key is not replaced yet: istmo keys rotate audit-log-key.',
  ],
  KEY_UNKNOWN: [
    'the audit log is signed by {0}, which {1} does not lead to: a gateway with this file drops each answer',
    'Put the proof of the rotation beside the country’s file and name it in `receipts.rotations`. Then run `istmo join` again and give the operator the new bundle.',
  ],
  CERTIFICATE_READ: ['the certificate {0} ({1}) ends on {2}, in {3} days', ''],
  CERTIFICATE_SOON: [
    'the certificate {0} ({1}) ends on {2}, in {3} days',
    'Renew it: istmo ca renew (docs/running-a-node.md, TLS and a private CA).',
  ],
  CERTIFICATE_WRONG: [
    '{0}',
    'Renew it (`istmo ca renew CA TLS`). If your authority did not issue it, move certificate and key away and issue new ones (`istmo ca issue`). Or correct the setting.',
  ],
  CERTIFICATE_CHAIN: [
    'the certificate {0} is followed by {1}, which did not issue it',
    'Put the certificate first and each authority behind what it issued, as in the file that `istmo ca issue` writes.',
  ],
  CERTIFICATE_NAME: [
    'the gateway asks for {0}, and the certificate is for {1}',
    'Issue a certificate for {0}, or correct `url` in the country’s file.',
  ],
  CERTIFICATE_USE: ['the certificate {0} is not for servers', 'Issue it with `--use server`.'],
  TLS_NONE: ['the node speaks plain HTTP, on this machine only', ''],
  DATABASE_READ: ['the database answers: PostgreSQL {0}, {1} MB', ''],
  DATABASE_NONE: [
    'the rows are in the memory of the node, and lost when it ends',
    'Set --database-url or --database-folder.',
  ],
  DATABASE_SIDECAR: ['a service of the country answers; the node has no rows', ''],
  DATABASE_UNREACHABLE: ['the database cannot be opened: {0}', 'Start it, or correct --database-url (DATABASE_URL).'],
  DATABASE_IN_USE: [
    'the embedded database is open in {0}, so its tables were not looked at',
    'Stop the node and run this again, to look at them.',
  ],
  DATABASE_MISSING: ['there is no database in {0}; the first start of the node makes it', ''],
  DATABASE_READ_ONLY: [
    'the database takes no writes: it is a standby, or default_transaction_read_only is on; a node does not start on it',
    'Connect to the primary server, or switch default_transaction_read_only off.',
  ],
  DATABASE_COUNTRY: ['the database has the records of {0}', 'Give each country a database of its own.'],
  MIGRATIONS_DONE: ['all {0} migrations have run', ''],
  MIGRATIONS_WAIT: [
    '{0} migrations have not run yet: {1}',
    'The next start of the node runs them. `istmo upgrade --check` says what they do.',
  ],
  MIGRATIONS_NEWER: [
    'the database has run {0}, which this version does not have',
    'Install the version that ran it, or a later one.',
  ],
  MIGRATIONS_ALTERED: ['the migration {0} was altered after it had run', 'Install this version of Istmo again.'],
  READER_BOUND: ['row-level security binds the role istmo_reader', ''],
  READER_WRONG: [
    '{0}',
    'As a superuser: alter role istmo_reader nosuperuser nobypassrls nologin; and make it own nothing (docs/running-a-node.md, PostgreSQL).',
  ],
  ROWS_OPEN: ['{0}: {1}', '{2}'],
  ROWS_HIDDEN: ['no table shows its rows to a leg that no task force has', ''],
  ROWS_THERE: ['each domain has rows', ''],
  ROWS_NONE: [
    'the tables of {0} are there and have no row: each answer is empty, and looks like a true «no»',
    'Fill them: istmo sync (docs/onboarding.md, 4. Fill it). What your country has nothing of, leave out of --domains (DOMAINS) and of the country’s file.',
  ],
  UNCOVERED: ['{0}: {1}', '{2}'],
  INDEXES_THERE: ['all {0} indexes are there', ''],
  INDEX_MISSING: ['the index {0} is missing: {1}', 'Run it as the owner of the tables: {1}'],
  STATISTICS_FRESH: ['the statistics of the tables are of today’s size', ''],
  STATISTICS_OLD: ['the statistics are missing or old for {0}', 'Run: analyze {0}'],
  LOG_READ: ['the audit log {0} has {1} entries; the last checkpoint is of {2}', ''],
  LOG_NONE: ['there is no audit log', 'Set --audit-log-dir, --audit-log-key and --audit-log-ref-keys.'],
  LOG_NEW: ['the audit log in {0} is still empty; the first start of the node begins it', ''],
  LOG_DAMAGED: [
    '{0}',
    'Run `istmo audit verify`, and restore the newest copy (docs/operating.md, When an audit log is lost).',
  ],
  LOG_FILES: ['the files of the audit log hold together, all {0} entries', ''],
  LOG_PART: [
    'the files of the audit log were read in part: {0} of {1} entries, the newest and others by chance. They hold together',
    'To read all: istmo audit verify (docs/auditing.md).',
  ],
  LOG_KEY: ['the audit log in {0} is not of the key in {1}: {2}', 'Give the log and its key together.'],
  LOG_HELD: ['{0} has the audit log open', ''],
  LOG_FREE: ['no process has the audit log open', ''],
  LOG_STALE: [
    '{0} has the audit log open, and its newest entry is {1} minutes old; a node writes one every ten minutes',
    'Look into the log of the node: its disk may be full.',
  ],
  LOG_SALTS: [
    'the folder {0} of the salts is missing, and the log does not open without it',
    'Restore it together with the log.',
  ],
  LOG_AHEAD: [
    '{0} knows {1} entries of the audit log, and it has {2}: it was set back',
    'Restore the newest copy of the log (docs/operating.md, When an audit log is lost).',
  ],
  LOG_WITNESSED: ['the witness {0} has cosigned {1} entries', ''],
  LOG_UNWITNESSED: ['no witness of the trust policy has seen this log', ''],
  DISK_ROOM: ['{0} has {1} GB free ({2} %)', ''],
  DISK_LOW: ['{0} has {1} GB free ({2} %); below 5 % the node is not ready', 'Free the disk, or make it larger.'],
  DISK_GROWTH: [
    'at the growth of the last {2} days, {0} is full in {1} days',
    'Make the disk larger, or prune the log (`istmo audit prune`).',
  ],
  DISK_UNKNOWN: ['{0}: {1}', 'Correct the setting, or make the folder.'],
  FOLDERS_OPEN: ['this user may write in the folders of the node', ''],
  FOLDER_CLOSED: [
    'the node cannot write in {0} ({1}): {2}',
    'Run this as the user of the node. If it is wrong for that user too: chown -R istmo: {0} && chmod u+rwx {0}, or correct the setting. A unit of systemd also needs the folder in ReadWritePaths.',
  ],
  PORT_FREE: ['the port {0} is free, and no node runs there', ''],
  PORT_NODE: ['the node answers at port {0}', ''],
  PORT_NODE_NOT_READY: ['the node at port {0} is not ready: {1}', 'See `/health/ready` and the log of the node.'],
  PORT_TAKEN: [
    'the port {0} belongs to another program',
    "`ss -ltnp 'sport = :{0}'` names it. Stop it, or correct the setting.",
  ],
  PORT_UNKNOWN: ['{0} cannot be looked at: {1}', 'Correct the setting.'],
  REACHED: ['{0} answers: {1}', ''],
  UNREACHED: [
    '{0} cannot be reached: {1}',
    'Look at the address, the firewall and the other side. What to do when: docs/running-a-node.md, Monitoring.',
  ],
  KEY_SET_EMPTY: ['{0} has no key that signs leg tokens', 'Ask the gateway’s operator for its leg.jwks.json.'],
  PROOF_GIVEN: ['{0} can prove mandates to this country: its witness has cosigned {1} entries there', ''],
  PROOF_UNLISTED: [
    '{0} asks no witness that the country’s file names, so the node answers no officer of that authority',
    'Give that authority `bundle/{1}/witness.policy` (`istmo join` writes it): the line goes into its trustPolicy, and the name into `mandates.witnesses` under {1} (docs/authority.md). In `callers` of the country’s file, `witnesses` must have the same key.',
  ],
  PROOF_NONE: [
    'no witness of this country has cosigned the log of {0}, so the node answers no officer of that authority',
    'Start the witness (`systemctl start istmo-witness`), and open its port for that authority. It must watch the log in `callers` of the country’s file: its output says what it refused.',
  ],
  PROOF_OLD: [
    'the witness of this country has cosigned {1} of the {2} entries of {0}, the last on {3}; the node answers no newer mandate',
    'Start the witness again (`systemctl restart istmo-witness`), and look at its output.',
  ],
  PROOF_WRONG: ['{0} does not say what this country’s witness has cosigned: {1}', 'Ask whoever runs that authority.'],
  PROOF_UNKNOWN: ['{0} is of a version that does not say what this country’s witness has cosigned', ''],
  WITNESS_REACHED: ['the witness of this country answers at {0}', ''],
  WITNESS_UNREACHED: [
    'the witness of this country does not answer at {0}, which is the address that partners have: {1}. Without it, no officer of another country gets an answer on a new mandate',
    'Start it (`systemctl start istmo-witness`), and open its port for the authorities of your partners. If this machine does not reach its own public address, ask from outside: curl {0}vkey',
  ],
  WITNESS_OTHER: [
    'what answers at {0} has another key than the witness of this country, whose cosignatures partners take: {1}',
    'Start the witness with the key and the settings of this folder (`istmo witness --config witness.yaml`), or run `istmo join` again and give all partners the new bundle.',
  ],
  VERSION_ISTMO: ['Istmo {0}, Node.js {1}', ''],
  VERSION_NODE: [
    'Node.js {0} runs this. The node starts with {1} or later, because older ones have known holes',
    'Start it as `istmo`, which takes the Node.js that the pack brings, or install a later Node.js.',
  ],
  VERSION_GATEWAY: ['the gateway is version {0}', ''],
  VERSION_BEHIND: [
    'the gateway is version {0}, and this node {1}',
    'Update the older of both (`istmo upgrade --check`). Both work with each other as long as the first two numbers are equal.',
  ],
  VERSION_UNKNOWN: ['which version the gateway has is not known: {0}', ''],
} as const satisfies Readonly<Record<string, FindingWords>>

/** The codes of what the doctor finds. */
export type FindingCode = keyof typeof ENGLISH_FINDINGS
