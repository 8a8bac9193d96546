import { osUser } from '../../service/audit-log/os-user.ts'
import { appendEntry, type OwnAppended } from '../../service/audit-log/own-log.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import { type CommandLine, FILE } from '../../service/command-spec.ts'
import { LIST, NEEDED, TEXT } from '../../service/command-texts.ts'
import { LANG_OPTION } from '../../service/lang-option.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { JOINING_TEXTS } from '../commands.ts'
import { type CommandPlace, DATABASE_OPTIONS, readOwnCountry, TERMINAL } from '../decisions/own-database.ts'
import { type AppliedLinks, applyLinks } from './apply-links.ts'
import { readLinks } from './read-links.ts'
import { hasTable } from './read-own-persons.ts'
import { say } from './words.ts'

const IMPORT = JOINING_TEXTS.declare('link import', {
  arguments: { file: TEXT },
  options: {
    ...DATABASE_OPTIONS,
    auditLogDir: NEEDED,
    auditLogKey: { ...FILE, isRequired: true },
    basis: LIST,
    language: LANG_OPTION,
  },
})

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
