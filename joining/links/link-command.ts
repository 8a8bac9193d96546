import { ClientError } from '../../clients/client-error.ts'
import { MAX_LIST_SEARCHES } from '../../contract/hit-search.ts'
import { isRecordId, ownerOf, RECORD_ID_FORM } from '../../contract/record-id.ts'
import { type Say, wordsOf } from '../../contract/words.ts'
import { osUser } from '../../service/audit-log/os-user.ts'
import { appendEntry, type OwnAppended } from '../../service/audit-log/own-log.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import { type CommandLine, FILE } from '../../service/command-spec.ts'
import { LIST, matching, NEEDED, SWITCH, TEXT, wholeNumber } from '../../service/command-texts.ts'
import { LANG_OPTION, spokenLanguage } from '../../service/lang-option.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { JOINING_TEXTS } from '../commands.ts'
import { type CommandPlace, DATABASE_OPTIONS, readDay, readOwnCountry, TERMINAL } from '../decisions/decisions.ts'
import { OFFICER_OPTIONS, openOfficerClient, PURPOSE, readGrounds, wordClientError } from '../officer/officer-client.ts'
import { type AppliedLinks, applyLinks, readLinks } from './apply-links.ts'
import {
  type Asking,
  hasTable,
  planQuestions,
  readOwnPersons,
  type SuggestReport,
  suggestLinks,
} from './suggest-links.ts'

/** Runs `istmo link`. Returns the exit code. */
export function runLink(args: readonly string[]): Promise<number> {
  const commands = {
    suggest: (rest: readonly string[]) => runLinkSuggest(rest),
    import: (rest: readonly string[]) => runLinkImport(rest),
  }
  return JOINING_TEXTS.runGroup('link', commands, args, TERMINAL.streams)
}

/** The most questions that one run may send. */
const MAX_QUESTIONS = 10_000

const RECORD = { expected: RECORD_ID_FORM, ...matching(isRecordId) } as const

const SUGGEST = JOINING_TEXTS.declare('link suggest', {
  options: {
    ...OFFICER_OPTIONS,
    purpose: { ...PURPOSE, isRequired: true },
    case: TEXT,
    withoutCase: SWITCH,
    ...DATABASE_OPTIONS,
    ids: { ...RECORD, flag: 'id', isRepeated: true },
    ofCase: RECORD,
    since: { parse: (text: string) => readDay(text, Date.now()) ?? undefined },
    atMost: { ...wholeNumber(1, MAX_QUESTIONS), isRequired: true },
    searches: { ...wholeNumber(1, MAX_LIST_SEARCHES), default: '100' },
    pause: { ...wholeNumber(1, 3_600), default: '5' },
    read: SWITCH,
    dryRun: SWITCH,
    out: { ...FILE, isRequired: true },
    language: LANG_OPTION,
  },
})

type SuggestLine = CommandLine<typeof SUGGEST>

/** Runs `istmo link suggest`. @returns the exit code. */
export function runLinkSuggest(args: readonly string[], place: CommandPlace = TERMINAL): Promise<number> {
  const tell = (text: string): void => void place.streams.err.write(`${text}\n`)
  const action = (line: SuggestLine): Promise<number> =>
    suggest(line, place, tell).catch((error: unknown) => {
      if (!(error instanceof ClientError)) throw error
      tell(wordClientError(error, spokenLanguage()))
      return EXIT_FAILED
    })
  return executeCommand(SUGGEST, args, action, place.streams)
}

/** Writes a line for the person. */
type Tell = (text: string) => void

async function suggest(line: SuggestLine, place: CommandPlace, tell: Tell): Promise<number> {
  const { out, atMost, searches } = line
  checkFilter(line)
  const { own, found } = await place.withDatabase(line, async (db) => {
    const own = await readOwnCountry(db)
    checkOwners(line, own)
    const ids = line.ids.length === 0 ? null : line.ids
    return { own, found: await readOwnPersons(db, { ids, caseId: line.ofCase ?? null, since: line.since ?? null }) }
  })
  const { persons, unknown, unshared } = found
  const request = { persons, out, atMost, searches, now: Date.now }
  const plan = await planQuestions(request)
  const { questions, before, tooWide } = plan
  tell(say('chosen', { persons: persons.length, before, protected: found.protected, unshared }))
  if (unknown.length > 0) tell(say('unknownIds', { ids: unknown.join(', ') }))
  if (tooWide.length > 0) tell(say('tooWide', { ids: tooWide.join(', ') }))
  tell(say('plan', { questions: questions.length, atMost }))
  if (line.dryRun || questions.length === 0) return 0
  const asking: Asking = {
    client: await openOfficerClient(line, spokenLanguage(), 'istmo link suggest'),
    grounds: await readGrounds(line),
    own,
    isReading: line.read,
    pauseMs: line.pause * 1_000,
  }
  const report = await suggestLinks(plan, request, asking, (done) =>
    tell(say('progress', { done, all: questions.length })),
  )
  return tellReport(report, out, tell)
}

/** Checks that the questions have a case, and are about chosen persons. @throws {UsageError} */
function checkFilter({ ids, ofCase, since, case: caseId, caseFile, withoutCase }: SuggestLine): void {
  if (ids.length === 0 && ofCase === undefined && since === undefined) {
    throw new UsageError('expected at least one of --id, --of-case, --since, which say about whom to ask; came none')
  }
  const isCaseGiven = caseId !== undefined || caseFile !== undefined
  if (isCaseGiven === withoutCase) {
    const came = withoutCase ? 'both' : 'nothing'
    throw new UsageError(`--case: expected the case of the questions, --case-file or --without-case; came ${came}`)
  }
}

function checkOwners({ ids, ofCase, countries }: SuggestLine, own: string): void {
  const foreign = [...ids, ...(ofCase === undefined ? [] : [ofCase])].find((id) => ownerOf(id) !== own)
  if (foreign !== undefined) throw new UsageError(`expected ids of ${own}, whose database this is; came ${foreign}`)
  if (countries.includes(own))
    throw new UsageError(`--country: expected countries other than ${own}, whose persons these are; came ${own}`)
}

function tellReport(report: SuggestReport, file: string, tell: Tell): number {
  const { questions, persons, candidates, left, silent, stopped } = report
  tell(say('done', { questions, persons, candidates }))
  if (left > 0) tell(say('left', { left }))
  for (const [country, why] of silent) tell(say('silent', { country, why }))
  if (stopped !== null)
    tell(say('stopped', { message: stopped.message, codes: stopped.codes.join(', ') || say('noCode') }))
  if (candidates > 0) tell(say('next', { file }))
  return stopped !== null || silent.size > 0 ? EXIT_FAILED : 0
}

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

const words = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** Says what `istmo link` says, in the language of the command that runs. */
export const say: Say = (...text) => words(spokenLanguage())(...text)
