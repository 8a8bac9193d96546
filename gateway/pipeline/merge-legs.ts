import type { Leg, LegAnswer, RequestContext, SendLeg, SubgraphError } from '../types/flow.ts'

/** The answer to a leg, and the leg that was really sent: the same one, or one that asks for several legs together. */
export interface MergedAnswer {
  readonly answer: LegAnswer
  readonly sent: Leg
}

/** A leg that waits to be sent. */
interface Waiting {
  readonly leg: Leg
  readonly representations: readonly unknown[]
  readonly resolve: (answered: MergedAnswer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Sends the legs of one request, and merges legs that ask one country the same question about different entities: aliases of one field
 * make several fetches with equal texts. A leg waits until all fetches that are ready now have made their legs, and no longer.
 * @param mostEntities how many entities one leg may ask about.
 */
export function createLegMerger(
  sendLeg: SendLeg,
  request: RequestContext,
  mostEntities: number,
): (leg: Leg) => Promise<MergedAnswer> {
  const waitingByQuestion = new Map<string, Waiting[]>()
  const send = (question: string): void => {
    const waiting = waitingByQuestion.get(question) ?? []
    waitingByQuestion.delete(question)
    for (const group of groupByEntities(waiting, mostEntities)) void sendGroup(group, sendLeg, request)
  }
  return async (leg) => {
    const { representations } = leg.variables
    if (!Array.isArray(representations)) return { answer: await sendLeg(leg, request), sent: leg }
    return new Promise((resolve, reject) => {
      const question = questionOf(leg)
      const waiting = waitingByQuestion.get(question)
      const entry = { leg, representations, resolve, reject }
      if (waiting) {
        waiting.push(entry)
        return
      }
      waitingByQuestion.set(question, [entry])
      // After the promise jobs that are ready: each fetch that depends on the same answer has made its legs then.
      void Promise.resolve().then(() => process.nextTick(send, question))
    })
  }
}

/** Returns a text that is equal for legs that differ only in their entities. */
function questionOf({ domain, country, query, variables, rights }: Leg): string {
  const { representations: _, ...others } = variables
  return JSON.stringify([domain, country, query, others, rights])
}

/** Groups legs, in their order, so that no group has more than `most` different entities, unless a single leg has. */
function groupByEntities(waiting: readonly Waiting[], most: number): Waiting[][] {
  const groups: { readonly legs: Waiting[]; readonly entities: Set<string> }[] = []
  for (const entry of waiting) {
    const entities = entry.representations.map((each) => JSON.stringify(each))
    const last = groups.at(-1)
    if (last && new Set([...last.entities, ...entities]).size <= most) {
      last.legs.push(entry)
      for (const entity of entities) last.entities.add(entity)
    } else groups.push({ legs: [entry], entities: new Set(entities) })
  }
  return groups.map(({ legs }) => legs)
}

async function sendGroup(group: readonly Waiting[], sendLeg: SendLeg, request: RequestContext): Promise<void> {
  const [first] = group
  if (!first) return
  try {
    if (group.length === 1) {
      first.resolve({ answer: await sendLeg(first.leg, request), sent: first.leg })
      return
    }
    const merged = new Map<string, unknown>()
    for (const { representations } of group) for (const each of representations) merged.set(JSON.stringify(each), each)
    const places = new Map([...merged.keys()].map((text, place) => [text, place]))
    const sent = { ...first.leg, variables: { ...first.leg.variables, representations: [...merged.values()] } }
    const answer = await sendLeg(sent, request)
    for (const { representations, resolve } of group) {
      const rows = representations.map((each) => places.get(JSON.stringify(each)) ?? -1)
      resolve({ answer: takeRows(answer, rows, merged.size), sent })
    }
  } catch (error) {
    for (const { reject } of group) reject(error)
  }
}

/** Takes the rows of one leg out of the answer to a merged leg. A list of another length than was asked for becomes none. */
function takeRows(answer: LegAnswer, rows: readonly number[], expected: number): LegAnswer {
  if (answer.kind === 'failed') return answer
  const { data } = answer
  const list: unknown = typeof data === 'object' && data !== null && '_entities' in data ? data._entities : null
  const entities = Array.isArray(list) && list.length === expected ? rows.map((row) => list[row]) : null
  const errors = answer.errors.flatMap((error) => moveError(error, rows))
  return { ...answer, data: data === null ? null : { _entities: entities }, errors }
}

/** Moves an error to the row of its entity in the leg. An error of an entity that the leg did not ask about is left out. */
function moveError(error: SubgraphError, rows: readonly number[]): SubgraphError[] {
  const path: readonly unknown[] = Array.isArray(error.path) ? error.path : []
  const [key, index, ...below] = path
  if (key !== '_entities' || typeof index !== 'number') return [error]
  const row = rows.indexOf(index)
  return row < 0 ? [] : [{ ...error, path: [key, row, ...below] }]
}
