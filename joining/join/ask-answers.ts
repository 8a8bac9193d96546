import { UsageError } from '../../service/usage-error.ts'
import { ANSWER_KEYS, ANSWER_SPECS, type AnswerKey, type Answers, type GivenAnswers } from './answers.ts'
import type { JoinWords } from './words.ts'

/** Asks a person one question and returns the answer; null if nobody can be asked. */
export type Ask = (question: string) => Promise<string | null>

/**
 * Completes the answers: those that were given are checked, a person is asked for the others, and what nobody answers has its default.
 * @param given by key.
 * @param ask null if nobody is to be asked (`--yes`, or no terminal).
 * @throws {UsageError} if an answer is wrong, or if one without a default is missing and nobody can be asked. The message names each flag.
 */
export async function completeAnswers(given: GivenAnswers, ask: Ask | null, words: JoinWords): Promise<Answers> {
  rejectWrong(given, words)
  const known: Partial<Record<AnswerKey, unknown>> = {}
  const missing: AnswerKey[] = []
  for (const key of ANSWER_KEYS) {
    const spec = ANSWER_SPECS[key]
    const fallback = spec.fallback(known as Partial<Answers>)
    const text = given[key] ?? (ask === null ? fallback : await askFor(key, fallback, ask, words)) ?? fallback
    if (text === null) missing.push(key)
    else known[key] = text === '' && fallback === '' ? '' : spec.parse(text)
  }
  if (missing.length > 0) throw new UsageError(describeMissing(missing, words))
  return Object.freeze(known) as unknown as Answers
}

function rejectWrong(given: GivenAnswers, words: JoinWords): void {
  const wrong = ANSWER_KEYS.flatMap((key) => {
    const text = given[key]
    const { parse, flag, fallback, isSecret } = ANSWER_SPECS[key]
    if (text === undefined || (text === '' && fallback({}) === '') || parse(text) !== undefined) return []
    return [words.wrongFlag(flag, words.expected[key], isSecret === true ? words.secret : JSON.stringify(text))]
  })
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'))
}

async function askFor(key: AnswerKey, fallback: string | null, ask: Ask, words: JoinWords): Promise<string | null> {
  const { parse } = ANSWER_SPECS[key]
  const expected = words.expected[key]
  const shown = fallback === null ? '' : words.fallback(fallback === '' ? words.nothing : fallback)
  let question = `${words.questions[key]}${shown}: `
  // As often as it takes: whoever was sent away would lose the other answers.
  for (;;) {
    const answer = (await ask(question))?.trim()
    if (answer === undefined) return null
    if (answer === '' && fallback !== null) return fallback
    if (parse(answer) !== undefined) return answer
    question = `${words.wrong(expected)}\n${words.questions[key]}${shown}: `
  }
}

/** The answers from which the default of another one is made. */
const SOURCES: Readonly<Partial<Record<AnswerKey, readonly AnswerKey[]>>> = {
  nameEs: ['country'],
  nameEn: ['country'],
  logName: ['country', 'host'],
  witness: ['host'],
}

function describeMissing(keys: readonly AnswerKey[], words: JoinWords): string {
  // One that has a default as soon as others are there needs no flag.
  const asked = keys.filter((key) => !(SOURCES[key] ?? []).some((source) => keys.includes(source)))
  const lines = asked.map((key) => words.wrongFlag(ANSWER_SPECS[key].flag, words.expected[key], null))
  return [...lines, words.howToAnswer].join('\n')
}
