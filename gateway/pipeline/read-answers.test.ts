import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import { OPEN_SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aContext, aParticipant } from '../testing.ts'
import type { LegAnswer } from '../types/flow.ts'
import { createEngine } from './engine.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const SOURCE = '{ cases(first: 1) { edges { node { id } } outcomes { country reach } } }'

/** Makes the answer of a country with one case. */
function answerOf(country: string, key: string): LegAnswer & { readonly kind: 'answered' } {
  const id = `${country}:1`
  const edge = { _iC: encodeCursor({ order: 'FILED_ON_DESC', key, id }), node: { _iT: 'Case', _iId: id, id } }
  return {
    kind: 'answered',
    data: { cases: { edges: [edge], _iE: [edge], _iP: { _in: false, _ib: false } } },
    errors: [],
  }
}

it('an answer that was read is not kept until the last country has answered', async () => {
  let answerLate: (answer: LegAnswer) => void = () => undefined
  const late = new Promise<LegAnswer>((resolve) => {
    answerLate = resolve
  })
  let data: WeakRef<object> | undefined
  const engine = createEngine({
    supergraphSdl: OPEN_SUPERGRAPH_SDL,
    participants: [aParticipant('GT'), aParticipant('HN')],
    subgraphDefaults: { deadlineMs: 1_000, maxAnswerBytes: 1_000 },
    sendLeg: ({ country }) => {
      if (country === 'HN') return late
      const answer = answerOf('GT', '1')
      data = new WeakRef(answer.data as object)
      return Promise.resolve(answer)
    },
  })
  const request = { document: parse(SOURCE), source: SOURCE, operationName: undefined, variables: {} }
  const answering = engine.execute(request, aContext())
  for (let turn = 0; turn < 10 || data === undefined; turn++) await new Promise((resolve) => setTimeout(resolve, 1))

  collectGarbage()
  expect(data.deref()).toBeUndefined()

  answerLate(answerOf('HN', '0'))
  const { data: answered } = await answering
  expect(answered).toEqual({
    cases: {
      edges: [{ node: { id: 'HN:1' } }],
      outcomes: [
        { country: 'GT', reach: 'ANSWERED' },
        { country: 'HN', reach: 'ANSWERED' },
      ],
    },
  })
})
