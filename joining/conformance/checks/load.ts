import { both, same } from '../both.ts'
import { type Check, createTally, type World } from '../check.ts'
import { describeReply, type Leg } from '../leg.ts'
import { idOf, readEntities, representationOf } from '../read.ts'

/** Many callers at the same time, and answers that come too late. */

const NO_RECORDS = both('a record', 'un registro')

/** Legs that each ask for one record. */
function legsOf(world: World): readonly { readonly id: string; readonly ask: () => ReturnType<typeof readEntities> }[] {
  const records = world.sample.records.flatMap(({ type, nodes }) =>
    type.isStub ? [] : nodes.slice(0, world.tries).map((node) => ({ type, id: String(node.id) })),
  )
  if (records.length === 0) return []
  return Array.from({ length: world.concurrency }, (_, at) => {
    const { type, id } = records[at % records.length] as (typeof records)[number]
    return { id, ask: () => readEntities(world, { ...type, fields: 'id' }, [representationOf(type, id)]) }
  })
}

const concurrent: Check = {
  id: 'load.concurrent',
  title: both(
    '1,000 legs at the same time are answered, each with its own record',
    '1.000 consultas a la vez se responden, cada una con su propio registro',
  ),
  remedy: both(
    'Keep nothing of a request in variables that requests share, and let connections wait in a queue instead of failing.',
    'No guarde nada de una solicitud en variables compartidas, y deje que las conexiones esperen en una cola en vez de fallar.',
  ),
  async run(world) {
    const tally = createTally()
    const answers = await Promise.all(legsOf(world).map(async ({ id, ask }) => ({ id, ...(await ask()) })))
    for (const { id, entities, reply } of answers) {
      const came = idOf(entities?.[0])
      tally.note(came === id, id, same(id), same(came ?? describeReply(reply)))
    }
    return tally.result(NO_RECORDS)
  },
}

const deadline: Check = {
  id: 'load.deadline',
  title: both(
    'Each answer comes before the gateway stops waiting',
    'Cada respuesta llega antes de que la pasarela deje de esperar',
  ),
  remedy: both(
    'Add indexes for the order and the filters, or agree on a longer `deadlineMs` in the country’s file. A late answer is dropped.',
    'Agregue índices para el orden y los filtros, o acuerde un `deadlineMs` mayor en el archivo del país. Una respuesta tardía se descarta.',
  ),
  async run(world) {
    const tally = createTally()
    for (const { domain, query, variables, name } of slowLegs(world)) {
      const reply = await world.ask({ domain, query, variables: variables ?? {}, as: world.callers.reader })
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
      ...{ domain: 'persons' as const, name: 'Query.persons', variables: { ...variables, s: { name: 'José López' } } },
      query:
        'query ($c: [CountryCode!], $s: PersonSearch!) { persons(countries: $c, search: $s, first: 100) { edges { cursor } } }',
    },
  ]
  return legs.filter(({ domain }) => schemas.has(domain))
}

/** The checks under load. */
export const LOAD_CHECKS: readonly Check[] = [concurrent, deadline]
