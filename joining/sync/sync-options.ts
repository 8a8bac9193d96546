import type { CommandLine, CommandSpec } from '../../service/command-spec.ts'
import { LANG_OPTION } from '../../service/lang-option.ts'

/** The command line of `istmo sync`. */
export const SYNC = {
  name: 'istmo sync',
  description:
    'Fills the tables of a node from an old database or from CSV files, as a mapping says (docs/mapping.md). Readers see the rows as they were ' +
    'before, or as they are afterwards, never half. Rows that are the same are not touched; rows that are gone from the source are deleted. Only ' +
    'rows that this mapping brought are deleted. If the process is killed, nothing has changed: run it again.',
  arguments: { mapping: { meaning: 'the mapping, such as NI.mapping.yaml' } },
  options: {
    databaseUrl: {
      flag: 'database-url',
      value: 'url',
      variable: 'DATABASE_URL',
      isSecret: true,
      expected: 'postgres://…',
      meaning: 'the PostgreSQL server of the node; the node may run',
      parse: (text: string) => (/^postgres(ql)?:\/\//.test(text) ? text : undefined),
    },
    databaseFolder: {
      flag: 'database-folder',
      value: 'dir',
      variable: 'DATABASE_FOLDER',
      expected: 'the path of a folder',
      meaning: 'the folder of the node’s embedded database, in place of --database-url; the node must not run',
    },
    since: {
      flag: 'since',
      value: 'last|time',
      meaning:
        'read only what changed: since the last run, or since a time in the form of the source, such as "2026-11-01 00:00:00". It needs «since: COLUMN» in the mapping',
    },
    dryRun: { flag: 'dry-run', value: null, meaning: 'read and check everything, and say what would change' },
    refused: {
      flag: 'refused',
      value: 'file',
      expected: 'the path of a file, which is replaced',
      meaning: 'where the refused rows go, as CSV with id, column, value and reason. It holds personal data',
    },
    maxRefused: {
      flag: 'max-refused',
      value: 'number',
      default: '0',
      expected: 'a whole number from 0',
      meaning: 'up to how many refused rows the exit code is 0',
      parse: (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
    },
    allowShrink: {
      flag: 'allow-shrink',
      value: null,
      meaning: 'go on although all rows of a kind would go, or more than a tenth of them and more than ten',
    },
    allowUnprotect: {
      flag: 'allow-unprotect',
      value: null,
      meaning:
        'go on although protected persons, or rows with a handling code or shared with few, would become readable; without it nothing is changed then',
    },
    adopt: {
      flag: 'adopt',
      value: 'name',
      meaning: 'take over the records of a mapping that was renamed: its name before, such as NI',
    },
    auditLogDir: {
      flag: 'audit-log-dir',
      value: 'dir',
      variable: 'AUDIT_LOG_DIR',
      meaning: 'the folder of the country’s own audit log, as its node has it: each run is an entry',
    },
    auditLogKey: {
      flag: 'audit-log-key',
      value: 'file',
      variable: 'AUDIT_LOG_KEY_FILE',
      meaning: 'the signer key of this log',
    },
    development: { flag: 'development', value: null, meaning: 'write no entry: only for made-up records' },
    by: {
      flag: 'by',
      value: 'name',
      expected: 'a staff number or a user name of at most 200 characters',
      meaning: 'who is responsible, for the entry; by default the user of this machine',
      parse: (text: string) => (text.length > 0 && text.length <= 200 ? text : undefined),
    },
    legalBasis: {
      flag: 'legal-basis',
      value: 'text',
      isRepeated: true,
      meaning: 'the law or agreement by which the data is collected, for the entry',
    },
    json: { flag: 'json', value: null, meaning: 'print the result as JSON, for programs' },
    lang: LANG_OPTION,
  },
  notes: {
    'Exit codes': {
      0: 'done',
      1: 'nothing was changed, because of the reason that is printed; or it is done, but more rows were refused than --max-refused, or the audit log lacks the entry',
      2: 'an argument or the mapping is wrong, and nothing was changed',
    },
  },
  examples: [
    {
      command:
        'istmo sync NI.mapping.yaml --database-url postgres://istmo@127.0.0.1/istmo_ni --dry-run --refused refused.csv',
      meaning: 'Says what would change, and writes down which rows cannot be taken and why.',
    },
    {
      command:
        'istmo sync NI.mapping.yaml --database-url postgres://istmo@127.0.0.1/istmo_ni --since last ' +
        '--audit-log-dir audit-log --audit-log-key keys/audit-log.key',
      meaning: 'Takes over what changed since the last run.',
    },
  ],
} as const satisfies CommandSpec

/** A command line of `istmo sync` after it was read. */
export type SyncLine = CommandLine<typeof SYNC>
