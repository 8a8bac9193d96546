import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { OPEN_SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aContext, aParticipant } from '../testing.ts'
import type { Leg, LegAnswer, RequestContext, Trail } from '../types/flow.ts'
import { createEngine } from './engine.ts'

const SOURCE = '{ a: person(id: "GT:1") { sameAs { sex } } b: person(id: "GT:2") { sameAs { birthDate } } }'

/** GT answers two persons that are also HN's; HN answers the fields that it is asked for. */
function answer({ country, query, variables }: Leg): LegAnswer {
  const record = (id: string, more: object) => ({ _iT: 'Person', _iId: id, id, ...more })
  if (country === 'GT') {
    const person = (id: string, other: string) => record(id, { sameAs: [record(other, {})] })
    return { kind: 'answered', data: { a: person('GT:1', 'HN:1'), b: person('GT:2', 'HN:2') }, errors: [] }
  }
  const lists = [...query.matchAll(/(?:(\w+):)?_entities\(representations:\$(\w+)\)/g)].map(([, key, name = '']) => {
    const asked = variables[name] as readonly { readonly id: string }[]
    return [key ?? '_entities', asked.map(({ id }) => record(id, { sex: 'F', birthDate: '1990-01-01' }))]
  })
  return { kind: 'answered', data: Object.fromEntries(lists), errors: [] }
}

async function ask(over: Partial<RequestContext>) {
  const legs: Leg[] = []
  const engine = createEngine({
    supergraphSdl: OPEN_SUPERGRAPH_SDL,
    participants: [aParticipant('GT'), aParticipant('HN')],
    subgraphDefaults: { deadlineMs: 1, maxAnswerBytes: 1 },
    sendLeg: async (leg) => {
      legs.push(leg)
      return answer(leg)
    },
  })
  const request = { document: parse(SOURCE), source: SOURCE, operationName: undefined, variables: {} }
  const { data, errors } = await engine.execute(request, aContext(over))
  return { data, errors, ofHonduras: legs.filter(({ country }) => country === 'HN') }
}

const DATA = { a: { sameAs: [{ sex: 'F' }] }, b: { sameAs: [{ birthDate: '1990-01-01' }] } }

function aTrail(): Trail {
  const lists = { denials: [], legs: [], sent: new Map() }
  return { ...lists, operation: null, uses: null, cost: null, salt: new Uint8Array(32), legSalts: 0, codes: null }
}

it('two fetches that are ready together are one leg, which is noted once', async () => {
  const trail = aTrail()
  const { data, errors, ofHonduras } = await ask({ trail })
  expect([data, errors]).toEqual([DATA, undefined])
  expect(ofHonduras).toHaveLength(1)
  expect(ofHonduras[0]?.entityVariables).toHaveLength(2)
  expect(trail.legs.filter(({ country }) => country === 'HN')).toEqual([
    { country: 'HN', domain: 'persons', outcome: { reach: 'ANSWERED', code: null }, leg: ofHonduras[0] },
  ])
})

it('two fetches of a signed question are one leg too', async () => {
  const statement = { variables: new Map<string, unknown>() }
  const { data, ofHonduras } = await ask({ question: { statement, document: SOURCE } as never })
  expect(data).toEqual(DATA)
  expect(ofHonduras.map(({ query }) => query.includes('_e0'))).toEqual([true])
})
