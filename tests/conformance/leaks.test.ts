import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import { chooseChecks, runChecks } from '../../joining/conformance/conformance-command.ts'
import { asObject } from '../../joining/conformance/leg.ts'
import { asksPage, pageIn } from './mutants/damage.ts'
import { SECOND_TASK_FORCE, TASK_FORCE } from './records.ts'
import type { Exchange, Leak } from './service.ts'
import { type CheckedNode, type ConformanceWorld, checkAll, idsOf, openConformanceWorld } from './world.ts'

/** Ten services that let rows out, each behind a node that is right. That the right service passes each check is in mutants.test.ts. */

let world: ConformanceWorld
let sidecar: CheckedNode
beforeAll(async () => {
  world = await openConformanceWorld()
  sidecar = await world.startSidecar()
})
afterAll(() => world?.close())
afterEach(() => {
  Object.assign(world.service, { leak: null, damage: null })
})

type Json = Record<string, unknown>

const forceOf = ({ headers }: Exchange): string | null => {
  const force = headers['istmo-task-force']
  return typeof force === 'string' ? force : null
}
const showsProtected = ({ headers }: Exchange): boolean => headers['istmo-show-protected'] === '?1'
const asked = ({ variables }: Exchange): readonly string[] =>
  ((variables.representations ?? []) as readonly Json[]).map(({ id }) => String(id))
const isPage = ({ query }: Exchange, field: string): boolean => asksPage({ query } as never, field)

/** A service that answers some questions as if somebody else had asked. */
function mistaking(is: (exchange: Exchange) => boolean, who: { force?: string; protected?: true }): Leak {
  return (exchange, answerFor) => {
    if (!is(exchange)) return null
    return answerFor({
      taskForce: who.force ?? forceOf(exchange),
      showsProtected: who.protected ?? showsProtected(exchange),
    })
  }
}

/** A service that changes the right answer to some questions. */
function changing(is: (exchange: Exchange) => boolean, change: (answer: Json, exchange: Exchange) => void): Leak {
  return (exchange, answerFor) => {
    if (!is(exchange)) return null
    const who = { taskForce: forceOf(exchange), showsProtected: showsProtected(exchange) }
    return answerFor(who).then((answer) => {
      const changed = structuredClone(answer) as Json
      change(changed, exchange)
      return changed
    })
  }
}

const add = (answer: Json, order: string, node: Json): void => {
  pageIn(answer)?.edges.push({ cursor: encodeCursor({ order, key: '', id: String(node.id) }), node })
}
const P8 = '0801-1980-00008'

const LEAKS: readonly (readonly [what: string, check: string, leak: Leak])[] = [
  [
    'gives a record of another task force by its id',
    'rows.second-task-force',
    mistaking(({ query }) => query.includes('_entities('), { force: SECOND_TASK_FORCE }),
  ],
  [
    'finds the cases of a victim for who may see victims',
    'protected.cases',
    changing(
      (exchange) => showsProtected(exchange) && isPage(exchange, 'cases') && asked(exchange).includes('HN:P-8'),
      (answer) => add(answer, 'ID_ASC', { id: 'HN:C-01' }),
    ),
  ],
  [
    'shows the warrant of a hidden case',
    'rows.warrants',
    mistaking((exchange) => isPage(exchange, 'warrants'), { force: SECOND_TASK_FORCE }),
  ],
  [
    'shows the warrant of a protected person',
    'rows.warrants',
    mistaking((exchange) => isPage(exchange, 'warrants'), { protected: true }),
  ],
  [
    'shows rows for every task force to who has none',
    'rows.no-task-force',
    mistaking((exchange) => forceOf(exchange) === null, { force: 'any' }),
  ],
  [
    'shows rows with H2 and H3 to each task force',
    'rows.handling',
    mistaking((exchange) => isPage(exchange, 'cases'), { force: TASK_FORCE }),
  ],
  [
    'gives a protected person by the id',
    'rows.hidden',
    mistaking(({ query, path }) => path === '/persons' && query.includes('_entities('), { protected: true }),
  ],
  [
    'finds a protected person in a search',
    'protected.search',
    changing(
      ({ query }) => query.includes('persons(countries:'),
      (answer, { variables }) => {
        const { edges } = asObject(asObject(answer.data).persons)
        if (JSON.stringify(variables.search).includes(P8) && Array.isArray(edges))
          edges.push({ cursor: 'x', band: 'EXACT_IDENTIFIER', node: { id: 'HN:P-8' } })
      },
    ),
  ],
  [
    'makes a hit of a protected person',
    'protected.hits',
    changing(
      ({ query, variables }) => query.includes('personHits(') && JSON.stringify(variables).includes(P8),
      (answer) => {
        const { hits } = asObject(asObject(answer.data).personHits)
        Object.assign((hits as Json[])[0] ?? {}, { hit: true, band: 'EXACT_IDENTIFIER' })
      },
    ),
  ],
  [
    'lists victims among the participants',
    'protected.participants',
    changing(
      (exchange) => isPage(exchange, 'participants'),
      (answer) => {
        for (const { node } of pageIn(answer)?.edges ?? []) Object.assign(node, { role: 'VICTIM' })
      },
    ),
  ],
]

describe('a service behind our node is caught if it', () => {
  it.each(LEAKS)('%s', async (_what, check, leak) => {
    const checks = chooseChecks([check]) ?? []
    world.service.leak = leak
    expect(idsOf(await checkAll(sidecar, sidecar.ask, checks), 'FAILED')).toEqual([check])
  })
})

it('what only the country can tell is «not tried» without --second-task-force, --hidden and --upstream, and never green', async () => {
  const identity = { ...sidecar.identity, secondTaskForce: null }
  const checks = chooseChecks(['rows']) ?? []
  const limits = { rows: 50, tries: 1, concurrency: 1, deadlineMs: 600_000 }
  const reach = { ask: sidecar.ask, vkey: null, hidden: [], askService: null, domains: ['cases', 'persons'] as const }
  const { results } = await runChecks({ ...{ identity, checks }, ...limits, ...reach })
  expect(idsOf(results, 'NOT_TRIED')).toEqual([
    'rows.second-task-force',
    'rows.hidden',
    'rows.warrants',
    'rows.no-task-force',
  ])
})
