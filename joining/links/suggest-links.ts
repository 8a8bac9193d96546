/** Asks about persons question by question, within bounds, and keeps what came after each. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type AskedOnce, type Asking, askAboutPersons, NotAsked } from './ask-hits.ts'
import { appendAsked, readAsked } from './candidate-file.ts'
import { divideIntoQuestions } from './hit-searches.ts'
import type { OwnPerson } from './read-own-persons.ts'

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
