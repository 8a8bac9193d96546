/** Compares answers as JSON values, whatever the order of their keys. */

/** Returns the text of a JSON value with the keys of all its objects in order. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(sortKeys(value))
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([key, one]) => [key, sortKeys(one)]))
}

/** The right answer to a request. */
export interface RightAnswer {
  /** The canonical text of the data. */
  readonly data: string
  /** What rules deny: the code and the path of each error, in any order. Without a denial, the answer has no `errors`. */
  readonly denied: readonly string[]
}

/**
 * Checks that the text of an answer has the right data and errors.
 * @throws {Error} with the answer.
 */
export function checkSame(answer: { readonly status: number; readonly text: string }, right: RightAnswer): void {
  const { data, errors } = readAnswer(answer.text)
  if (answer.status === 200 && isDenied(errors, right.denied) && canonicalText(data) === right.data) return
  const came = errors === undefined ? 'no errors' : `the errors ${JSON.stringify(errors)}`
  const expected = right.denied.length === 0 ? 'no errors' : `the errors ${right.denied.join(', ')}`
  throw new Error(
    `expected 200, ${cut(expected)} and the data ${cut(right.data)}; came ${answer.status}, ${cut(came)}: ${cut(answer.text)}`,
  )
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)} …` : text
}

interface AnswerError {
  readonly path?: readonly (string | number)[]
  readonly extensions?: { readonly code?: string }
}

function isDenied(errors: readonly AnswerError[] | undefined, denied: readonly string[]): boolean {
  if (errors === undefined) return denied.length === 0
  const came = errors.map(({ path = [], extensions }) => `${extensions?.code} ${path.join('.')}`)
  return denied.length > 0 && canonicalText([...came].sort()) === canonicalText([...denied].sort())
}

function readAnswer(text: string): { readonly data?: unknown; readonly errors?: readonly AnswerError[] } {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
