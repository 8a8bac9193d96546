import { osUser } from '../../service/audit-log/os-user.ts'
import { appendEntry, type OwnAppended } from '../../service/audit-log/own-log.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import { type CommandLine, type CommandSpec, FILE } from '../../service/command-spec.ts'
import { LANG_OPTION } from '../../service/lang-option.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { type CommandPlace, DATABASE_OPTIONS, readOwnCountry, TERMINAL } from '../decisions/own-database.ts'
import { type AppliedLinks, applyLinks } from './apply-links.ts'
import { readLinks } from './read-links.ts'
import { hasTable } from './read-own-persons.ts'
import { say } from './words.ts'

const IMPORT = {
  name: 'istmo link import',
  description:
    'Takes over the links that persons have confirmed in a file of «istmo link suggest», and removes those that persons have denied (confirmed: no). ' +
    'Each row needs the name of a person and the day. If a row is wrong, nothing is imported. The import is an entry in your audit log.',
  arguments: { file: { meaning: 'the file of candidates, as a person has completed it' } },
  options: {
    ...DATABASE_OPTIONS,
    auditLogDir: {
      flag: 'audit-log-dir',
      value: 'dir',
      isRequired: true,
      expected: 'the path of a folder',
      meaning: 'the folder of your audit log, as the node has it; the node may run',
    },
    auditLogKey: {
      flag: 'audit-log-key',
      ...FILE,
      isRequired: true,
      meaning: 'the key that signs your audit log',
    },
    basis: {
      flag: 'basis',
      value: 'article',
      isRepeated: true,
      meaning: 'why the links may be kept: a law or an agreement, for the entry',
    },
    language: LANG_OPTION,
  },
  examples: [
    {
      command:
        'istmo link import candidates.csv --database-url postgres://istmo@127.0.0.1/istmo_hn --audit-log-dir audit-log --audit-log-key keys/audit-log.key',
      meaning: 'Takes over the confirmed rows.',
    },
  ],
} as const satisfies CommandSpec

type ImportLine = CommandLine<typeof IMPORT>

/** Runs `istmo link import`. @returns the exit code. */
export function runLinkImport(
  args: readonly string[],
  { streams, withDatabase }: CommandPlace = TERMINAL,
): Promise<number> {
  return executeCommand(IMPORT, args, (line) => withDatabase(line, (db) => importLinks(db, line, streams)), streams)
}

async function importLinks(db: Database, line: ImportLine, { out, err }: CommandStreams): Promise<void> {
  const country = await readOwnCountry(db)
  if (!(await hasTable(db, 'istmo.confirmed_link'))) {
    throw new UsageError('expected a database of this version; it is older. Start the node of this version once')
  }
  const { links, undecided, denied } = await readLinks(line.file, country, Date.now())
  const leftOut = say('leftOut', { undecided, denied })
  if (links.length === 0) {
    err.write(`${say('nothing')}\n${leftOut}\n`)
    return
  }
  // The links and the entry are written: both, or none of them.
  let entry: OwnAppended | undefined
  const applied = await applyLinks(db, links, line.file, async (counts) => {
    entry = await noteLinks(counts, country, line)
  })
  if (entry === undefined) throw new TypeError('expected the entry of the import')
  for (const { type, read: rows, created, deleted } of applied) {
    out.write(`${say('imported', { type, created, deleted, same: rows - created - deleted })}\n`)
  }
  out.write(`${leftOut}\n${say('noted', { index: entry.index })}\n`)
}

/** The entry has counts only: a hash of the rows could be confirmed by guessing. Who confirmed each link is beside the links. */
async function noteLinks(applied: readonly AppliedLinks[], country: string, line: ImportLine): Promise<OwnAppended> {
  const members = {
    kind: 'import' as const,
    country,
    source: 'istmo link import',
    legalBasis: [...line.basis],
    mapping: null,
    by: osUser(),
    rows: applied.map((counts) => ({ ...counts, changed: 0, rejected: 0 })),
    result: 'DONE',
  }
  return appendEntry({ log: line.auditLogDir, key: line.auditLogKey }, { members }, { now: Date.now })
}
