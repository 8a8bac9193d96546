import { makeChecks, type World } from '../check.ts'
import { isLate, type Leg, type Reply } from '../leg.ts'
import { idOf, readEntities } from '../read.ts'

/** Many callers at the same time, and answers that come too late. */

/** How often the largest questions are asked at most: the shortest time counts, because a busy machine hinders each of them now and then. */
const TRIES = 3

/** A leg that asks for one record. */
interface RecordLeg {
  readonly id: string
  readonly ask: () => ReturnType<typeof readEntities>
}

function legsOf(world: World): readonly RecordLeg[] {
  const records = world.sample.records.flatMap(({ type, nodes }) =>
    type.isStub ? [] : nodes.slice(0, world.tries).map((node) => ({ type, id: String(node.id) })),
  )
  if (records.length === 0) return []
  return Array.from({ length: world.concurrency }, (_, at) => {
    const { type, id } = records[at % records.length] as (typeof records)[number]
    return { id, ask: () => readEntities(world, { ...type, fields: 'id' }, [id]) }
  })
}

type RecordAnswer = Awaited<ReturnType<RecordLeg['ask']>> & Pick<RecordLeg, 'id'>

/**
 * Sends legs at the same time. Those that were too late are sent again at the same time, as long as that leaves fewer: a machine that does other work needs
 * longer for all of them, and whether one answer is late is another check.
 */
async function askAll(legs: readonly RecordLeg[], deadlineMs: number): Promise<readonly RecordAnswer[]> {
  const answers = await Promise.all(legs.map(async ({ id, ask }) => ({ id, ...(await ask()) })))
  const late = legs.filter((_, at) => answers[at] !== undefined && isLate(answers[at].reply, deadlineMs))
  if (late.length === 0 || late.length === legs.length) return answers
  return [...answers.filter(({ reply }) => !isLate(reply, deadlineMs)), ...(await askAll(late, deadlineMs))]
}

/** Asks until an answer is in time, and at most so often. Returns the fastest reply. */
async function fastestOf({ ask, deadlineMs }: World, leg: Omit<Leg, 'as'>): Promise<Reply> {
  let fastest = await ask(leg)
  for (let at = 1; at < TRIES && fastest.status !== 0 && fastest.ms > deadlineMs; at += 1) {
    const reply = await ask(leg)
    if (reply.status === 0 || reply.ms < fastest.ms) fastest = reply
  }
  return fastest
}

/** The largest questions of each domain: a page of 100. */
const LARGEST = [
  ['cases', 'cases'],
  ['cases', 'warrants'],
  ['legal', 'statutes'],
  ['persons', 'persons'],
] as const

/** The checks under load. */
export const LOAD_CHECKS = makeChecks('load')({
  async *concurrent(world) {
    for (const { id, entities, reply } of await askAll(legsOf(world), world.deadlineMs)) {
      const came = idOf(entities?.[0])
      yield { isGood: came === id, place: id, expected: id, came: came ?? reply }
    }
  },

  async *deadline(world) {
    const { schemas, facts, deadlineMs } = world
    for (const [domain, field] of LARGEST.filter(([each]) => schemas.has(each))) {
      const query =
        domain === 'persons'
          ? 'query ($c: [CountryCode!], $s: PersonSearch!) { persons(countries: $c, search: $s, first: 100) { edges { cursor } } }'
          : `query ($c: [CountryCode!]) { ${field}(countries: $c, first: 100) { edges { cursor node { id } } } }`
      const search = domain === 'persons' ? { s: { name: 'José López' } } : {}
      const { status, ms } = await fastestOf(world, { domain, query, variables: { c: [facts.country], ...search } })
      const isGood = status !== 0 && ms <= deadlineMs
      yield { isGood, place: `Query.${field}`, holes: { ms: deadlineMs }, came: `${Math.round(ms)} ms` }
    }
  },
})
