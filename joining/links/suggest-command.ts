import { ClientError } from '../../clients/client-error.ts'
import { MAX_LIST_SEARCHES } from '../../contract/hit-search.ts'
import { isRecordId, ownerOf, RECORD_ID_FORM } from '../../contract/record-id.ts'
import { executeCommand } from '../../service/command-line.ts'
import { type CommandLine, type CommandSpec, FILE, type OptionSpec } from '../../service/command-spec.ts'
import { LANG_OPTION, spokenLanguage } from '../../service/lang-option.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import { readDay } from '../decisions/decider.ts'
import { type CommandPlace, DATABASE_OPTIONS, readOwnCountry, TERMINAL } from '../decisions/own-database.ts'
import { wordClientError } from '../officer/client-error-words.ts'
import { OFFICER_OPTIONS, openOfficerClient, readGrounds } from '../officer/officer-client.ts'
import type { Asking } from './ask-hits.ts'
import { readOwnPersons } from './read-own-persons.ts'
import { planQuestions, type SuggestReport, suggestLinks } from './suggest-links.ts'
import { say } from './words.ts'

/** The most questions that one run may send. */
const MAX_QUESTIONS = 10_000

const SUGGEST = {
  name: 'istmo link suggest',
  description:
    'Asks other countries through the gateway whether they know some of your persons, by identifiers and by name and birth date, and writes the ' +
    'candidates into a CSV file. It asks as the officer, on the officer’s mandate; each question is an entry in each log. It never asks about victims, ' +
    'witnesses, minors or persons who are shared with nobody. Run it again with the same file to go on.',
  options: {
    ...OFFICER_OPTIONS,
    purpose: { ...OFFICER_OPTIONS.purpose, isRequired: true, meaning: 'the purpose of the questions' },
    case: { ...OFFICER_OPTIONS.case, meaning: 'the case of the questions; needed, unless --case-file names it' },
    withoutCase: {
      flag: 'without-case',
      value: null,
      meaning: 'the mandate names no case, and so the questions name none',
    },
    ...DATABASE_OPTIONS,
    ids: {
      flag: 'id',
      value: 'id',
      isRepeated: true,
      expected: RECORD_ID_FORM,
      parse: (text: string) => (isRecordId(text) ? text : undefined),
      meaning: 'the id of a person of yours',
    },
    ofCase: {
      flag: 'of-case',
      value: 'id',
      expected: RECORD_ID_FORM,
      parse: (text: string) => (isRecordId(text) ? text : undefined),
      meaning: 'only persons who take part in this case of yours, other than victims and witnesses',
    },
    since: {
      flag: 'since',
      value: 'day',
      expected: 'a day such as 2026-11-01, not in the future',
      parse: (text: string) => readDay(text, Date.now()) ?? undefined,
      meaning: 'only persons recorded on this day or later',
    },
    atMost: {
      ...numberOption('at-most', MAX_QUESTIONS),
      isRequired: true,
      meaning: 'how many questions may be sent at most',
    },
    searches: {
      ...numberOption('searches', MAX_LIST_SEARCHES),
      default: '100',
      meaning: 'how many searches one question has at most: a person has one for each identifier, and one for the name',
    },
    pause: { ...numberOption('pause', 3_600), default: '5', meaning: 'seconds between two questions' },
    read: {
      flag: 'read',
      value: null,
      meaning: 'also read the records of candidates, one question each, for their ids; needs the right to read persons',
    },
    dryRun: { flag: 'dry-run', value: null, meaning: 'only say how much would be asked' },
    out: {
      flag: 'out',
      ...FILE,
      isRequired: true,
      meaning: 'the file of candidates; beside it, FILE.asked.jsonl says who was asked about',
    },
    language: LANG_OPTION,
  },
  notes: {
    'Exit codes': {
      0: 'each country has answered each question that was sent',
      1: 'the gateway or a country did not answer: look at the lines, and run the command again',
      2: 'an argument is wrong, and nothing was asked',
    },
  },
  examples: [
    {
      command:
        'istmo link suggest --config ask.yaml --login id-token --purpose INVESTIGATION --case HN:C-000012 --of-case HN:C-000012 ' +
        '--database-url postgres://istmo@127.0.0.1/istmo_hn --at-most 5 --out candidates.csv',
      meaning: 'Asks about the suspects of a case, with at most five questions.',
    },
  ],
} as const satisfies CommandSpec

/** An option for a whole number from 1 to `most`. */
function numberOption(flag: string, most: number) {
  return {
    flag,
    value: 'n',
    expected: `a whole number from 1 to ${most}`,
    parse: (text: string) =>
      /^\d{1,5}$/u.test(text) && Number(text) >= 1 && Number(text) <= most ? Number(text) : undefined,
  } as const satisfies Partial<OptionSpec>
}

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
