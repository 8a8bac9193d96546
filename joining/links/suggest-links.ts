import { open, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { ifThere } from '../../audit/if-there.ts'
import { parseJson } from '../../contract/json-value.ts'
import { UsageError } from '../../service/usage-error.ts'
import { formatLine } from '../decisions/read-table.ts'
import {
  type AskedOnce,
  type Asking,
  askAboutPersons,
  type Candidate,
  divideIntoQuestions,
  NotAsked,
} from './ask-hits.ts'
import type { OwnPerson } from './read-own-persons.ts'

/** Asks about persons question by question, within bounds, and keeps what came after each. */

/** What is asked, and how much of it. */
export interface SuggestRequest {
  readonly persons: readonly OwnPerson[]
  /** The file of candidates. */
  readonly out: string
  /** How many questions may be sent at most. */
  readonly atMost: number
  /** How many searches one question has at most: 1 to 500. */
  readonly searches: number
  readonly now: () => number
}

/** What is left to ask. */
export interface Plan {
  /** The questions, each with the countries that it asks; null for all. */
  readonly questions: readonly {
    readonly searches: ReturnType<typeof divideIntoQuestions>[number]
    readonly countries: readonly string[] | null
  }[]
  /** How many persons were asked about before, and all countries have answered. */
  readonly before: number
  /** Persons with neither an identifier nor a name with a birth date. */
  readonly tooWide: readonly string[]
}

/** How the questions went. */
export interface SuggestReport {
  readonly questions: number
  readonly persons: number
  readonly candidates: number
  /** Persons that the bound left for the next run. */
  readonly left: number
  /** The countries that did not answer, each with its last code. */
  readonly silent: ReadonlyMap<string, string>
  /** Why no more was asked; null if nothing went wrong. */
  readonly stopped: NotAsked | null
}

/** Plans the questions. What an earlier run has asked is not asked again, but of countries that did not answer. */
export async function planQuestions({ persons, out, searches }: Omit<SuggestRequest, 'now' | 'atMost'>): Promise<Plan> {
  const asked = await readAsked(out)
  const open = persons.filter(({ id }) => asked.get(id)?.length !== 0)
  // Persons whom the same countries have still to answer for go into one question.
  const groups = Map.groupBy(open, ({ id }) => (asked.get(id) ?? []).join(' '))
  const questions = [...groups].flatMap(([codes, group]) => {
    const countries = codes === '' ? null : codes.split(' ')
    return divideIntoQuestions(group, searches).map((each) => ({ searches: each, countries }))
  })
  const askable = new Set(questions.flatMap((question) => question.searches.map(({ person }) => person)))
  return {
    questions,
    before: persons.length - open.length,
    tooWide: open.map(({ id }) => id).filter((id) => !askable.has(id)),
  }
}

/**
 * Asks the questions of a plan.
 * @param onQuestion is told after each question how many of the planned ones are done
 * @throws {Error} if the files cannot be written. What was asked until then is kept.
 */
export async function suggestLinks(
  { questions }: Plan,
  { persons, out, atMost, now }: SuggestRequest,
  asking: Asking,
  onQuestion: (done: number) => void = () => undefined,
): Promise<SuggestReport> {
  const names = new Map(persons.map(({ id, names: [name] }) => [id, name ?? '']))
  const silent = new Map<string, string>()
  const total = { questions: 0, persons: 0, candidates: 0 }
  let done = 0
  let stopped: NotAsked | null = null
  const { wait = sleep } = asking
  for (const { searches, countries } of questions) {
    if (total.questions >= atMost) break
    if (done > 0) await wait(asking.pauseMs)
    const about = [...new Set(searches.map(({ person }) => person))]
    let once: AskedOnce
    try {
      once = await askAboutPersons(searches, countries, atMost - total.questions, asking)
    } catch (error) {
      if (!(error instanceof NotAsked)) throw error
      stopped = error
      break
    }
    for (const { country, why } of once.open) silent.set(country, why)
    const { answered, requestId } = once
    const candidates = once.candidates.map((each) => ({ ...each, name: names.get(each.id) ?? '' }))
    const open = once.open.map(({ country }) => country)
    await appendAsked(out, candidates, { persons: about, answered, open, requestId, at: new Date(now()).toISOString() })
    total.questions += once.questions
    total.persons += about.length
    total.candidates += once.candidates.length
    onQuestion(++done)
  }
  const left = new Set(questions.slice(done).flatMap((question) => question.searches.map(({ person }) => person))).size
  return { ...total, left, silent, stopped }
}

/** The file of candidates, which a person completes, and the file beside it that says who was asked about. */

/** The columns. A person completes `otherId` and the last three. */
const HEAD =
  'kind,id,name,country,band,matched,contactPoint,otherId,matchedName,askedOn,requestId,confirmed,confirmedBy,confirmedOn\n'

const CODES = z.array(z.string().regex(/^[A-Z]{2}$/u)).readonly()

const ASKED = z.strictObject({
  persons: z.array(z.string()).readonly(),
  /** The countries that have answered, and those that have not. */
  answered: CODES,
  open: CODES,
  requestId: z.string(),
  /** RFC 3339. */
  at: z.string(),
})

/** What was asked about some persons. */
export type AskedPersons = z.infer<typeof ASKED>

/** Returns the path of the file that says who was asked about. */
export function askedFileOf(path: string): string {
  return `${path}.asked.jsonl`
}

/**
 * Reads who was asked about before, with the countries that still have to answer: an empty list if none has.
 * @throws {UsageError} if the file of candidates is not one, so that nothing is appended to another file.
 */
export async function readAsked(path: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const candidates = await ifThere(readFile(path, 'utf8'))
  const bare = candidates?.replace(/^\uFEFF/u, '')
  if (bare !== undefined && bare !== '' && !bare.startsWith(HEAD)) {
    throw new UsageError(
      `--out: expected a file with the columns that this command writes; ${path} has others, or a spreadsheet saved it in another form. Name another file`,
    )
  }
  const asked = new Map<string, readonly string[]>()
  const lines = ((await ifThere(readFile(askedFileOf(path), 'utf8'))) ?? '').split('\n')
  for (const [at, line] of lines.entries()) {
    if (line === '') continue
    const parsed = ASKED.safeParse(parseJson(line))
    // A crash may have cut the last line: then its persons are asked about again.
    if (!parsed.success && at >= lines.length - 2) continue
    if (!parsed.success)
      throw new UsageError(
        `${askedFileOf(path)}, line ${at + 1}: expected a line that this command wrote; came another`,
      )
    for (const person of parsed.data.persons) asked.set(person, parsed.data.open)
  }
  return asked
}

/** Appends what one question brought: first the candidates, then who was asked about. After a crash between them, candidates can be there twice. */
export async function appendAsked(
  path: string,
  candidates: readonly (Candidate & { readonly name: string })[],
  asked: AskedPersons,
): Promise<void> {
  const day = asked.at.slice(0, 10)
  const lines = candidates.map((candidate) => {
    const { id, name, country, band, matched, contactPoint, otherId, matchedName, requestId } = candidate
    const found = [id, name, country, band, matched, contactPoint, otherId, matchedName, day, requestId]
    return formatLine(['PERSON', ...found, '', '', ''])
  })
  await append(path, lines.join(''), HEAD)
  await append(askedFileOf(path), `${JSON.stringify(asked)}\n`, '')
}

/** Appends text to a file that only its owner can read. What a crash or an editor left without an end does not become a part of it. */
async function append(path: string, text: string, head: string): Promise<void> {
  const file = await open(path, 'a+', 0o600)
  try {
    const { size } = await file.stat()
    const last = size === 0 ? null : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0]
    const start = size === 0 ? head : last === 0x0a ? '' : '\n'
    await file.appendFile(`${start}${text}`)
    await file.sync()
  } finally {
    await file.close()
  }
}
