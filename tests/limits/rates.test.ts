/** Rates and costs over HTTP: the gateway tells a client that is too fast when to return, and meanwhile answers the others. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningGateway, startLimited } from './running-gateway.ts'

const TYPENAME = { query: '{ __typename }' }

describe('a client that is too fast', () => {
  let gateway: RunningGateway
  beforeAll(async () => {
    gateway = await startLimited({ callerRate: '0.01:3' })
  })
  afterAll(() => gateway.close())

  it('is rejected with the time to return, and its address is not logged', async () => {
    const answers = [1, 2, 3, 4, 5].map(() => gateway.ask(TYPENAME))
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([200, 200, 200, 429, 429])
    const refused = await gateway.ask(TYPENAME)
    expect(refused.body.errors?.[0]?.extensions.code).toBe('RATE_LIMITED')
    expect(refused.headers.get('content-type')).toMatch(/^application\/json/)
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(100)
    const inRequests = gateway
      .logged()
      .split('\n')
      .filter((line) => !line.includes('listening'))
    expect(inRequests.join()).not.toMatch(/127\.0\.0\.1|::1/)
  })

  it('can still read the health and status of the gateway', async () => {
    expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200)
  })
})

describe('an operation that costs too much', () => {
  it('is rejected with both numbers', async () => {
    const gateway = await startLimited({ maxCost: '100' })
    const ask = (first: number) =>
      gateway.ask({
        query: 'query ($n: Int) { statutes(first: $n) { edges { node { id } } } }',
        variables: { n: first },
      })
    const { status, body } = await ask(100)
    const within = await ask(1)
    await gateway.close()
    expect([status, body.errors?.[0]]).toEqual([
      400,
      {
        message: expect.stringContaining(
          'Expected a cost of at most 100 for each country; came 236, most of it for Query.statutes',
        ),
        extensions: { code: 'COST_EXCEEDED' },
      },
    ])
    expect(within.status).toBe(200)
  })
})

describe('hit searches', () => {
  const search = 'search: { name: "Ana", birthDate: "1990-01-01" }'
  const one = { query: `{ personHits(${search}) { outcomes { country } } }` }

  it('may come once in an operation, and have their own rate', async () => {
    const gateway = await startLimited({ hitRate: '0.01:1' })
    const two = await gateway.ask({
      query: `{ a: personHits(${search}) { outcomes { country } } b: personHits(${search}) { outcomes { country } } }`,
    })
    const first = await gateway.ask(one)
    const second = await gateway.ask(one)
    const other = await gateway.ask(TYPENAME)
    await gateway.close()
    expect([two.status, two.body.errors?.[0]?.extensions.code]).toEqual([400, 'LIMIT_EXCEEDED'])
    expect(first.status).not.toBe(429)
    expect([second.status, second.body.errors?.[0]?.extensions.code]).toEqual([429, 'RATE_LIMITED'])
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(other.status).toBe(200)
  })
})

describe('a country that the gateway asks too often', () => {
  let node: Server
  let asked = 0
  beforeAll(async () => {
    node = createServer((_, response) => {
      asked += 1
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ data: null, errors: [{ message: 'no', extensions: { code: 'REFUSED_BY_NODE' } }] }))
    })
    await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    node.close()
  })

  it('is missing from the answer, which says so, and gets no leg', async () => {
    const url = `http://127.0.0.1:${(node.address() as AddressInfo).port}/legal`
    const gateway = await startLimited({ countryRate: '0.01:2', countryShare: '100' }, url)
    const query = '{ statutes(first: 1) { outcomes { country reach code } } }'
    const codes: unknown[] = []
    for (const _ of [1, 2, 3]) {
      const { status, body } = await gateway.ask({ query })
      expect(status).toBe(200)
      const { statutes } = body.data as { statutes: { outcomes: { reach: string; code: string }[] } }
      codes.push(statutes.outcomes[0]?.code)
    }
    const metrics = await (await fetch(`${gateway.operatorUrl}/metrics`)).text()
    expect(metrics).toMatch(/^istmo_legs_total\{.*code="COUNTRY_RATE_LIMITED"\} 1$/m)
    await gateway.close()
    expect(codes[2]).toBe('COUNTRY_RATE_LIMITED')
    expect(codes.slice(0, 2)).not.toContain('COUNTRY_RATE_LIMITED')
    expect(asked).toBe(2)
  })
})
