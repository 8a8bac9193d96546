import { hash } from 'node:crypto'
import { mergeTexts, splitLeg } from '../../../gateway/merged-legs.ts'
import type { AnsweredLeg, RecordedLeg } from './legs.ts'

/** The gateway merges legs that are ready at the same time (docs/decisions/0071). A question that is asked again makes them one by one. */

/** How many ways to merge texts are tried for one leg. More would take seconds. */
const MOST_TRIED = 2_000

/** Takes a recorded leg apart that several legs were merged into. Any other leg, and one that could not be opened, stays as it is. */
export function takeApart({ recorded, body }: AnsweredLeg): readonly AnsweredLeg[] {
  const { opened, operationHash } = recorded
  // A leg whose text has another hash than the log says is judged as it is.
  if (opened === null || (operationHash !== null && hash('sha256', opened.query) !== operationHash)) {
    return [{ recorded, body }]
  }
  const parts = splitLeg(opened)
  if (parts === null) return [{ recorded, body }]
  return parts.map(({ key, query, variables }) => ({
    recorded: {
      ...recorded,
      operationHash: operationHash === null ? null : hash('sha256', query),
      isPart: true,
      opened: { query, variables },
    },
    body: partOf(body, key),
  }))
}

/** Takes the part of one leg out of the answer to a merged leg. */
function partOf(body: unknown, key: string): unknown {
  const data = (body as { data?: unknown } | null | undefined)?.data
  if (typeof data !== 'object' || data === null) return body
  const { [key]: entities = null } = data as Record<string, unknown>
  const { errors, ...rest } = body as { errors?: unknown }
  return { ...rest, data: { _entities: entities }, ...(Array.isArray(errors) && { errors: errorsOf(errors, key) }) }
}

function errorsOf(errors: readonly { readonly path?: readonly unknown[] }[], key: string) {
  return errors.flatMap((error) => {
    const [first, ...below] = error.path ?? []
    if (first === key) return [{ ...error, path: ['_entities', ...below] }]
    return typeof first === 'string' && first.startsWith('_e') ? [] : [error]
  })
}

/**
 * Finds which texts were merged into the text of this hash.
 * @param texts the texts that a question makes for one country and domain, each once.
 * @returns null if no way to merge some of them, of those that are tried, makes a text with this hash.
 */
export function findMergedTexts(texts: readonly string[], operationHash: string | null): readonly string[] | null {
  if (operationHash === null) return null
  let tried = 0
  for (const chosen of orderedChoices(texts)) {
    if (++tried > MOST_TRIED) return null
    const merged = mergeTexts(chosen)
    if (merged !== null && hash('sha256', merged) === operationHash) return chosen
  }
  return null
}

/** All ways to choose two or more of some values in an order, the short ones first. */
function* orderedChoices<Value>(values: readonly Value[]): Generator<readonly Value[]> {
  let longer: (readonly Value[])[] = values.map((value) => [value])
  while (longer.length > 0 && longer.length <= MOST_TRIED) {
    longer = longer.flatMap((chosen) => values.flatMap((value) => (chosen.includes(value) ? [] : [[...chosen, value]])))
    yield* longer
  }
}

/** Returns the recorded legs, each taken apart. */
export function takeRecordedApart(legs: readonly RecordedLeg[]): readonly RecordedLeg[] {
  return legs.flatMap((recorded) => takeApart({ recorded, body: undefined }).map((leg) => leg.recorded))
}
