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

/**
 * Checks that the text of an answer has no errors, and the expected data.
 * @param expected the canonical text of the data.
 * @throws {Error} with the answer.
 */
export function checkSame(answer: { readonly status: number; readonly text: string }, expected: string): void {
  const { data, errors } = readAnswer(answer.text)
  if (answer.status === 200 && errors === undefined && canonicalText(data) === expected) return
  const cut = (text: string): string => (text.length > 600 ? `${text.slice(0, 600)} …` : text)
  throw new Error(`expected the data ${cut(expected)}; came ${answer.status}: ${cut(answer.text)}`)
}

function readAnswer(text: string): { readonly data?: unknown; readonly errors?: unknown } {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
