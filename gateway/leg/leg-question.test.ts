import { expect, it } from 'vitest'
import { anEndpoint } from '../testing.ts'
import type { Leg } from '../types/flow.ts'
import { givenForLeg } from './leg-question.ts'

function legOf(over: Partial<Leg>): Leg {
  const variables = {
    representations: [{ id: 'HN:1' }, 'no entity'],
    representations1: [{ id: 'HN:2' }],
    ids: [{ id: 'HN:3' }],
  }
  const endpoint = anEndpoint()
  return { domain: 'persons', country: 'HN', endpoint, query: '', kind: 'query', rights: null, variables, ...over }
}

it.each<[string, Partial<Leg>, readonly string[]]>([
  ['a leg are in its one variable', {}, ['HN:1']],
  [
    'a merged leg are in all variables that it names',
    { entityVariables: ['representations', 'representations1'] },
    ['HN:1', 'HN:2'],
  ],
])('the ids of the entities of %s', (_, over, expected) => {
  const given = { keep: () => undefined, show: (ids: Iterable<string>) => [...ids] }
  const question = { statement: {} as never, document: '', given }
  expect(givenForLeg(question, legOf(over), 'https://hn.example')).toEqual(expected)
})
