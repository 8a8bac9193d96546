import { expect, it } from 'vitest'
import { aContext } from '../testing.ts'
import type { EngineAnswer } from '../types/flow.ts'
import type { Engine } from './engine.ts'
import { attachEvidence } from './layers.ts'

it('puts the evidence into the answer of a request that asked for it, and leaves any other answer as it is', async () => {
  const answer: EngineAnswer = { data: null, extensions: { record: 'UNWITNESSED' } }
  const layer = attachEvidence()({ execute: async () => answer } as unknown as Engine)
  const request = {} as Parameters<Engine['execute']>[0]
  const listed = { legs: [], leftOff: 2, salt: null }
  const evidence = { add: () => undefined, list: () => listed }
  expect(await layer.execute(request, aContext())).toBe(answer)
  expect(await layer.execute(request, { ...aContext(), evidence })).toEqual({
    data: null,
    extensions: { record: 'UNWITNESSED', istmo: { evidence: listed } },
  })
})
