import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Exchange } from '../../service/http/exchange.ts'
import { aContext, anEndpoint } from '../testing.ts'
import type { Leg } from '../types/flow.ts'
import { askCountry } from './ask-country.ts'
import { startLegClock } from './leg-clock.ts'
import { createReadingBudgets } from './reading-budget.ts'

const LEG: Leg = {
  ...{ domain: 'legal', country: null, endpoint: anEndpoint({ deadlineMs: 60_000, maxAnswerBytes: 1_000 }) },
  ...{ query: '{ a }', variables: {}, kind: 'query', rights: null },
}

const CONTROLLER = {} as Parameters<Exchange['onResponseStart']>[0]

/** Asks so many countries. `answer` gives one of them its answer, as a connection does; `read` lists whose answers were read. */
function ask(count: number) {
  const sent: Exchange[] = []
  const read: number[] = []
  const pool = { dispatch: (_: unknown, handler: Exchange) => void sent.push(handler) }
  const shared = {
    ...{ channelTo: () => ({ pool }) as never, budgetOf: createReadingBudgets(), takeTurn: async () => undefined },
  }
  const asked = Array.from({ length: count }, (_, at) => {
    const request = aContext()
    const options = {
      signLegToken: () => 'token',
      checkReceipt: () => {
        read.push(at)
        return null
      },
    }
    return askCountry(options, shared, LEG, request, startLegClock(LEG, request))
  })
  const answer = (at: number): void => {
    sent[at]?.onResponseStart(CONTROLLER, 200, { 'content-type': 'application/json' })
    sent[at]?.onResponseData(CONTROLLER, Buffer.from(`{"data":{"a":${at}}}`))
    sent[at]?.onResponseEnd()
  }
  return { sent, read, answer, asked }
}

it('answers that come in one turn of the event loop are read one after another at its end', async () => {
  const { read, answer, asked } = ask(3)
  await turn()
  answer(2)
  // What a socket brings has its microtasks before the next socket is read.
  for (let microtask = 0; microtask < 50; microtask++) await null
  expect(read).toEqual([])
  answer(0)
  await turn()
  expect(read).toEqual([2, 0])
  answer(1)
  expect(await Promise.all(asked)).toMatchObject([{ data: { a: 0 } }, { data: { a: 1 } }, { data: { a: 2 } }])
})
