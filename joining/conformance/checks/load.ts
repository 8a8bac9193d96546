import { both, same } from '../both.ts'
import { type Check, createTally, type World } from '../check.ts'
import { describeReply, isLate, type Leg, type Reply } from '../leg.ts'
import { idOf, readEntities, representationOf } from '../read.ts'

/** Many callers at the same time, and answers that come too late. */

/** How often the largest questions are asked at most: the shortest time counts, because a busy machine hinders each of them now and then. */
const TRIES = 3

const NO_RECORDS = both('a record', 'un registro')

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
    return { id, ask: () => readEntities(world, { ...type, fields: 'id' }, [representationOf(type, id)]) }
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

const concurrent: Check = {
  id: 'load.concurrent',
  async run(world) {
    const tally = createTally()
    for (const { id, entities, reply } of await askAll(legsOf(world), world.deadlineMs)) {
      const came = idOf(entities?.[0])
      tally.note(came === id, id, same(id), same(came ?? describeReply(reply)))
    }
    return tally.result(NO_RECORDS)
  },
}

const deadline: Check = {
  id: 'load.deadline',
  async run(world) {
    const tally = createTally()
    for (const { domain, query, variables, name } of slowLegs(world)) {
      const reply = await fastestOf(world, { domain, query, variables: variables ?? {}, as: world.callers.reader })
      tally.note(
        reply.status !== 0 && reply.ms <= world.deadlineMs,
        name,
        both(`at most ${world.deadlineMs} ms`, `como máximo ${world.deadlineMs} ms`),
        same(`${Math.round(reply.ms)} ms`),
      )
    }
    return tally.result(NO_RECORDS)
  },
}

/** Asks until an answer is in time, and at most so often. Returns the fastest reply. */
async function fastestOf({ ask, deadlineMs }: World, leg: Leg): Promise<Reply> {
  let fastest = await ask(leg)
  for (let at = 1; at < TRIES && fastest.status !== 0 && fastest.ms > deadlineMs; at += 1) {
    const reply = await ask(leg)
    if (reply.status === 0 || reply.ms < fastest.ms) fastest = reply
  }
  return fastest
}

/** The largest questions of each domain: a page of 100. */
function slowLegs({
  schemas,
  facts,
}: World): readonly (Pick<Leg, 'domain' | 'query' | 'variables'> & { readonly name: string })[] {
  const variables = { c: [facts.country] }
  const list = (field: string): string =>
    `query ($c: [CountryCode!]) { ${field}(countries: $c, first: 100) { edges { cursor node { id } } } }`
  const legs = [
    { domain: 'cases' as const, name: 'Query.cases', query: list('cases'), variables },
    { domain: 'cases' as const, name: 'Query.warrants', query: list('warrants'), variables },
    { domain: 'legal' as const, name: 'Query.statutes', query: list('statutes'), variables },
    {
      domain: 'persons' as const,
      name: 'Query.persons',
      variables: { ...variables, s: { name: 'José López' } },
      query:
        'query ($c: [CountryCode!], $s: PersonSearch!) { persons(countries: $c, search: $s, first: 100) { edges { cursor } } }',
    },
  ]
  return legs.filter(({ domain }) => schemas.has(domain))
}

/** The checks under load. */
export const LOAD_CHECKS: readonly Check[] = [concurrent, deadline]
