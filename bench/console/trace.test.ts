import { describe, expect, it } from 'vitest'
import { type TracedRequest, writeChain } from './trace.ts'

const request = (address: string, sentMs: number, endedMs: number, more: Partial<TracedRequest> = {}) => ({
  ...{ method: 'GET', address, status: 200, isFromCache: false, sentMs, endedMs, ...more },
})

describe('writeChain', () => {
  it('says when each request was sent, for how long, and after which one', () => {
    const lines = writeChain([
      request('http://login/a', 1_000, 1_200, { method: 'POST', status: 303 }),
      request('http://own/page', 1_200, 1_400),
      request('http://own/script.js', 1_390, 1_391, { isFromCache: true }),
      request('blob:http://own/x', 1_390, 1_391),
      request('http://own/token', 1_450, 1_700),
      request('http://own/list', 1_460, 1_600),
      request('http://gateway/graphql', 3_000, 3_100),
    ])
    expect(lines).toEqual([
      '  1. at     0 ms for   200 ms: POST http://login/a (303)',
      '  2. at   200 ms for   200 ms: GET http://own/page (200, after 1)',
      '  3. at   450 ms for   250 ms: GET http://own/token (200, after 2)',
      '  4. at   460 ms for   140 ms: GET http://own/list (200, after 2)',
      '  5. at  2000 ms for   100 ms: GET http://gateway/graphql (200)',
    ])
  })

  it('says nothing of no request', () => expect(writeChain([])).toEqual([]))
})
