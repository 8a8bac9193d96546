import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerJson, startService } from '../sidecar/upstream.ts'
import { RULES, YAML } from './honduras.ts'
import { startTestNode, startTestSidecar, type TestNode } from './node.ts'

/** A node gives each caller so many of its rows a day, whatever the gateway allows. */

const RULES_OF_FIVE = { ...RULES, 'HN.yaml': `${YAML}rowsPerDay: 5\n` }
const CASES = '{ cases(countries: ["HN"], first: 3) { edges { cursor node { id } } pageInfo { hasNextPage } } }'
const AGAIN = `{ a: ${CASES.slice(2, -2)} b: ${CASES.slice(2, -2)} }`

let node: TestNode

beforeAll(async () => {
  node = await startTestNode(RULES_OF_FIVE)
  const values = [1, 2, 3, 4, 5, 6, 7].map((n) => `('HN:${n}', '2026-01-0${n}', 'MP', '{}', now(), true, '{*}')`)
  await node.db.execute(
    `insert into cases.case_file (id, filed_on, agency, handling, recorded_at, synthetic, shared_with) values ${values}`,
  )
})
afterAll(() => node?.close())

let lastCaller = 0
const someone = () => ({ sub: `caller ${++lastCaller}` })

function idsIn(data: unknown): string[] {
  return [...JSON.stringify(data ?? null).matchAll(/"id":"(HN:\d)"/g)].map(([, id]) => id ?? '')
}
const SPENT = { errors: [{ message: expect.any(String), extensions: { code: 'QUOTA_SPENT' } }] }

describe('the quota of rows at a node', () => {
  it('cuts the page that reaches it, notes that, and then rejects the caller’s legs', async () => {
    const claims = someone()
    expect(idsIn((await node.ask({ query: CASES, claims })).body.data)).toHaveLength(3)
    const cut = await node.ask({ query: CASES, claims })
    expect(cut.body).toMatchObject({
      data: { cases: { pageInfo: { hasNextPage: true } } },
      extensions: { istmo: { notes: [{ code: 'QUOTA_REACHED' }] } },
    })
    expect(idsIn(cut.body.data)).toHaveLength(2)
    const spent = await node.ask({ query: CASES, claims })
    expect([spent.status, spent.body]).toEqual([403, SPENT])
    expect((await node.ask({ query: CASES, claims: someone() })).status).toBe(200)
  })

  it('counts a record once in a leg, under whatever alias', async () => {
    const claims = someone()
    expect(idsIn((await node.ask({ query: AGAIN, claims })).body.data)).toHaveLength(6)
    expect(idsIn((await node.ask({ query: CASES, claims })).body.data)).toHaveLength(2)
  })

  it('holds for legs that come at the same time', async () => {
    const claims = someone()
    const replies = []
    for (let i = 0; i < 12; i++) replies.push(node.ask({ query: CASES, claims: { ...claims, jti: `j${i}` } }))
    const given = (await Promise.all(replies)).flatMap(({ body }) => idsIn(body.data))
    expect(given).toHaveLength(5)
  })

  it('holds after a restart, for each domain, and for entities', async () => {
    const claims = someone()
    await node.ask({ query: CASES, claims })
    const restarted = await startTestNode(RULES_OF_FIVE, node.db)
    try {
      const query =
        'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Case { id status } } }'
      const representations = ['HN:1', 'HN:2', 'HN:3'].map((id) => ({ __typename: 'Case', id }))
      const cut = await restarted.ask({ query, variables: { representations }, claims })
      expect(cut.body).toMatchObject({
        data: { _entities: [{ id: 'HN:1' }, { id: 'HN:2' }, null] },
        errors: [{ path: ['_entities', 2], extensions: { code: 'QUOTA_SPENT' } }],
      })
      expect((await restarted.ask({ query: CASES, claims })).body).toEqual(SPENT)
    } finally {
      await restarted.close()
    }
  })

  it('counts rows for which a gateway does not ask the ids, and gives none of them beyond it', async () => {
    const claims = someone()
    const query = '{ cases(countries: ["HN"], first: 3) { edges { node { filedOn } } pageInfo { hasNextPage } } }'
    const { text } = await node.ask({ query, claims })
    expect(text).not.toContain('2026-01')
    expect((await node.ask({ query: CASES, claims })).body).toEqual(SPENT)
    const one = '{ case(id: "HN:1") { filedOn } }'
    expect((await node.ask({ query: one, claims: someone() })).text).toContain('2026-01-01')
  })

  it('does not hold for a leg without a caller, which gets only what is public', async () => {
    await node.db.execute(
      `insert into legal.statute (id) select 'HN:CP:' || n from generate_series(1, 9) n on conflict do nothing`,
    )
    const query = '{ statutes(countries: ["HN"], first: 9) { edges { node { id } } pageInfo { hasNextPage } } }'
    const nobody = { caller_iss: undefined, org: undefined, mandate: undefined, grounds: undefined }
    const reply = await node.ask({ domain: 'legal', query, claims: nobody })
    expect(reply.text.match(/HN:CP/g)).toHaveLength(9)
  })
  it('holds in front of a service that counts nothing', async () => {
    const service = await startService()
    const sidecar = await startTestSidecar(RULES_OF_FIVE, service.url)
    try {
      const edges = [1, 2, 3, 4].map((n) => ({ cursor: `c${n}`, node: { id: `HN:${n}` } }))
      const data = { cases: { edges, pageInfo: { hasNextPage: false } } }
      service.answer = (response) => answerJson(response, JSON.stringify({ data, extensions: { other: 1 } }))
      const claims = someone()
      expect((await sidecar.ask({ query: CASES, claims })).body).toEqual({ data, extensions: { other: 1 } })
      const cut = { cases: { edges: edges.slice(0, 1), pageInfo: { hasNextPage: true } } }
      const istmo = { notes: [{ code: 'QUOTA_REACHED' }] }
      expect((await sidecar.ask({ query: CASES, claims })).body).toEqual({
        data: cut,
        errors: [],
        extensions: { other: 1, istmo },
      })
      expect((await sidecar.ask({ query: CASES, claims })).body).toEqual(SPENT)
      expect(service.came).toHaveLength(2)
    } finally {
      await sidecar.close()
      await service.close()
    }
  })
})
