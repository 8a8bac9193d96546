import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHitQuota } from '../../contract/hit-quota/hit-quota.ts'
import { createSqlHits } from '../../contract/hit-quota/sql-hits.ts'
import { answerJson, startService } from '../sidecar/upstream.ts'
import { RULES, SCOPES, YAML } from './honduras.ts'
import { startTestNode, startTestSidecar, type TestNode, type TestSidecar } from './node.ts'

/** A node gives each caller so many of its rows a day, and answers so many hit searches, whatever the gateway allows. */

const RULES_OF_FIVE = { ...RULES, 'HN.yaml': `${YAML}rowsPerDay: 5\nhitsPerDay: 25\n` }
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

/** Asks for hits of these passports. */
const ONE_HIT = 'query ($search: PersonHitSearch!) { personHits(countries: ["HN"], search: $search) { hits { hit } } }'
const LIST_HITS =
  'query ($searches: [PersonHitSearch!]!) { personListHits(countries: ["HN"], searches: $searches) { hits { item } } }'
const passport = (n: number) => ({ identifier: { category: 'PASSPORT', jurisdiction: 'HN', value: `P${n}` } })
const passports = (from: number, count: number) => Array.from({ length: count }, (_, n) => passport(from + n))
const officer = () => ({ ...someone(), scope: SCOPES })
const HITS_SPENT = [403, { errors: [{ message: expect.any(String), extensions: { code: 'HITS_SPENT' } }] }]
const askHits = async (at: TestSidecar, claims: object, searches: readonly object[]): Promise<readonly unknown[]> => {
  const { status, body } = await at.ask({
    domain: 'persons',
    query: LIST_HITS,
    variables: { searches },
    claims: { ...claims },
  })
  return status === 200 ? [200, body.errors] : [status, body]
}

describe('the quota of hit searches at a node', () => {
  it('counts each item of a list, and a search that was asked today is free', async () => {
    const claims = officer()
    expect(await askHits(node, claims, passports(0, 20))).toEqual([200, undefined])
    expect(await askHits(node, claims, passports(10, 15))).toEqual([200, undefined])
    expect(await askHits(node, claims, passports(0, 26))).toEqual(HITS_SPENT)
    const more = await node.ask({ domain: 'persons', query: ONE_HIT, variables: { search: passport(99) }, claims })
    expect([more.status, more.body]).toEqual(HITS_SPENT)
    expect(await askHits(node, claims, passports(0, 25))).toEqual([200, undefined])
    expect(await askHits(node, officer(), passports(0, 25))).toEqual([200, undefined])
  })

  it('counts what aliases and defaults of variables ask', async () => {
    const claims = officer()
    const query = `query ($s: PersonHitSearch! = { identifier: { category: PASSPORT, jurisdiction: "HN", value: "D" } }) {
      a: personHits(countries: ["HN"], search: $s) { hits { hit } } ${passports(0, 24).map(({ identifier: { value } }) => `${value}: personHits(countries: ["HN"], search: { identifier: { category: PASSPORT, jurisdiction: "HN", value: "${value}" } }) { hits { hit } }`)} }`
    expect((await node.ask({ domain: 'persons', query, claims })).status).toBe(200)
    expect(await askHits(node, claims, [passport(99)])).toEqual(HITS_SPENT)
  })

  it('does not count what the rules refuse', async () => {
    const claims = { ...officer(), scope: 'case:read' }
    expect((await askHits(node, claims, passports(0, 25)))[0]).toBe(403)
    expect(await askHits(node, { ...claims, scope: SCOPES }, passports(50, 25))).toEqual([200, undefined])
  })

  it('refuses more than 20 birth dates of one name', async () => {
    const dates = Array.from({ length: 21 }, (_, n) => ({ name: 'Ana Paz', birthDate: `1990-01-${n + 10}` }))
    expect(await askHits(node, officer(), dates)).toMatchObject([
      403,
      { errors: [{ extensions: { code: 'SEARCH_TOO_WIDE' } }] },
    ])
    expect(await askHits(node, officer(), dates.slice(1))).toEqual([200, undefined])
  })

  it('holds after a restart and at the same time in two processes of a node', async () => {
    const claims = officer()
    const other = await startTestNode(RULES_OF_FIVE, node.db)
    try {
      const asked = Array.from({ length: 10 }, (_, n) =>
        askHits(n % 2 === 0 ? node : other, claims, passports(n * 5, 5)),
      )
      const statuses = (await Promise.all(asked)).map(([status]) => status)
      expect(statuses.filter((status) => status === 200)).toHaveLength(5)
    } finally {
      await other.close()
    }
  })

  it('keeps HMACs of the day only, where a leg cannot read them', async () => {
    await askHits(node, officer(), [{ name: 'Ana Paz', birthDate: '1990-01-02' }])
    const rows = await node.db.query('select * from istmo.hit_search')
    // As words: three letters of an HMAC may be those of a name.
    expect(JSON.stringify(rows)).not.toMatch(/(?<![\w-])(ana|paz)(?!\w)|anapaz|1990/i)
    const reader = node.db.transaction(async (db) => {
      await db.query('set local role istmo_reader')
      await db.query('select * from istmo.hit_search')
    })
    await expect(reader).rejects.toThrow(/permission denied/)
    const tables = { searches: 'istmo.hit_search', secrets: 'istmo.hit_secret' }
    // As if they were of yesterday: the database's clock decides what is over.
    for (const table of Object.values(tables)) await node.db.execute(`update ${table} set day = day - 1`)
    const today = createHitQuota(createSqlHits(node.db.query.bind(node.db), tables), Date.now)
    await today.take('a', 1, [passport(1)])
    today.close()
    expect(await node.db.query('select caller from istmo.hit_search')).toEqual([{ caller: 'a' }])
    expect(await node.db.query('select day from istmo.hit_secret')).toHaveLength(1)
    await node.db.execute('delete from istmo.hit_search; delete from istmo.hit_secret')
  })

  it('holds in front of a service that counts nothing, after a restart and after a crash in the middle of a line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'istmo-hits-'))
    const file = join(folder, 'hits.jsonl')
    const service = await startService()
    service.answer = (response) => answerJson(response, '{"data":{"personListHits":{"hits":[]}}}')
    const claims = officer()
    const withSidecar = async (work: (sidecar: TestSidecar) => Promise<void>): Promise<void> => {
      const sidecar = await startTestSidecar(RULES_OF_FIVE, service.url, '--hits-file', file)
      await work(sidecar).finally(() => sidecar.close())
    }
    try {
      await withSidecar(async (sidecar) => {
        expect(await askHits(sidecar, claims, passports(0, 20))).toEqual([200, undefined])
      })
      await appendFile(file, '{"caller":"cut o')
      await withSidecar(async (sidecar) => {
        expect(await askHits(sidecar, claims, passports(0, 26))).toEqual(HITS_SPENT)
        expect(await askHits(sidecar, claims, passports(0, 25))).toEqual([200, undefined])
        expect(await askHits(sidecar, claims, [passport(99)])).toEqual(HITS_SPENT)
      })
      expect(service.came).toHaveLength(2)
      expect(await readFile(file, 'utf8')).not.toMatch(/P1\d|PASSPORT/)
    } finally {
      await service.close()
      await rm(folder, { recursive: true })
    }
  })
})
