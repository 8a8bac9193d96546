import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseKeys, pseudonymOf } from '../../audit/pseudonym/pseudonym.ts'
import { sideOfLog } from '../../auditors/reconcile/sides.ts'
import { reconcileLogs } from '../../auditors/reconcile-logs.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { createLoggedGateway, type LoggedGatewayWorld } from './logged-gateway.ts'

/** Who can fill the audit log, and who misuses a token. */

const LAW = `{ statutes(countries: ["HN"], first: 20) { edges { node { id heading text section code maxPenaltyMonths } } outcomes { country reach } } }`

let place: LoggedGatewayWorld
let entries: readonly Entry[]
let strangers: (readonly [status: number, retryAfter: boolean])[]
let officer: { status: number; codes: readonly unknown[] }
let misused: readonly number[]

beforeAll(async () => {
  place = await createLoggedGateway()
  const gateway = await place.start([
    '--anonymous',
    '--stranger-log-rate',
    '1:8000',
    '--strangers-log-rate',
    '1:100000',
  ])
  const askFor = async (headers: Record<string, string>) =>
    fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: LAW }),
    })
  strangers = []
  for (let time = 0; time < 40; time++) {
    const response = await askFor({})
    strangers.push([response.status, response.headers.has('retry-after')])
    await response.arrayBuffer()
  }
  officer = await gateway.ask({ query: LAW })
  const foreign: Promise<Response>[] = []
  for (let time = 0; time < 20; time++) {
    foreign.push(askFor({ authorization: `Bearer ${place.token}`, 'istmo-mandate': 'purpose=PROSECUTION' }))
  }
  misused = (await Promise.all(foreign)).map(({ status }) => status)
  await gateway.end('SIGTERM')
  await place.stopNode()
  entries = await place.entriesOf('gateway')
})
afterAll(() => place.remove())

const requestsOf = (isKnown: boolean): readonly EntryOf<'request'>[] =>
  entries.flatMap((entry) => (entry.kind === 'request' && (entry.actor !== null) === isKnown ? [entry] : []))

it('an answer to a stranger has a small entry: no coordinates, and of each leg only its outcome and hashes', () => {
  const [first] = requestsOf(false)
  expect(first).toMatchObject({ coordinates: [], denied: [], actor: null, grounds: null })
  expect(first?.operation?.documentHash).toMatch(/^[0-9a-f]{64}$/)
  const parts = entries.filter((entry) => entry.kind === 'continuation' && entry.of === first?.id)
  expect(parts).toMatchObject([{ v: 2, country: 'HN', coordinates: [], denied: [] }])
  expect(first?.operation?.isKept).toBe(false)
  expect(parts.flatMap((part) => (part.kind === 'continuation' ? part.legs : []))).toEqual([
    {
      // The test's country does not say what its statutes are complete for.
      ...{ country: 'HN', domain: 'legal', reach: 'ANSWERED', code: 'COVERAGE_PARTIAL', access: null, policySet: null },
      ...{ granted: { scopes: [], policies: [] }, operationHash: null, records: null, receipt: null },
      ...{
        requestHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        responseHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    },
  ])
  for (const { id } of requestsOf(false)) {
    const all = entries.filter((entry) => entry.id === id || ('of' in entry && entry.of === id))
    expect(JSON.stringify(all).length).toBeLessThan(1_900)
  }
})

it('strangers who use up their part of the log are told to wait, and an officer is still answered', () => {
  const answered = strangers.filter(([status]) => status === 200)
  expect(answered.length).toBeGreaterThan(2)
  expect(answered.length).toBeLessThan(20)
  expect(strangers.filter(([status]) => status !== 200)).toEqual(
    Array.from({ length: 40 - answered.length }, () => [429, true]),
  )
  expect(requestsOf(false)).toHaveLength(answered.length)
  expect(officer).toMatchObject({ status: 200, codes: [] })
  expect(requestsOf(true)).toHaveLength(1)
})

it('a known caller with a purpose outside the mandate is in the log with ref, token and reason, at first one by one', async () => {
  expect(new Set(misused)).toEqual(new Set([403]))
  const found = entries.flatMap((entry) => (entry.kind === 'misuse' ? [entry] : []))
  expect(found.map(({ count }) => count)).toEqual([1, 1, 1, 1, 1, 15])
  const keys = parseKeys(await readFile(join(place.folder, 'keys/gateway.refs.json'), 'utf8'))
  const { jti } = JSON.parse(Buffer.from(place.token.split('.')[1] ?? '', 'base64url').toString())
  for (const entry of found) {
    expect(entry).toMatchObject({ code: 'MANDATE_NOT_COVERED', misuse: 'PURPOSE_NOT_IN_MANDATE' })
    const ref = pseudonymOf('actor', 'https://id.gt.example pairwise-sujeto-7', keys)
    expect(entry.actor).toMatchObject({ country: 'GT', agency: 'GT-MP-FECO', tokenId: jti, ref })
  }
  expect(JSON.stringify(found)).not.toContain('pairwise-sujeto-7')
  expect(entries.some((entry) => entry.kind === 'refusals' && entry.code === 'MANDATE_NOT_COVERED')).toBe(false)
})

it('the two logs still agree about every leg, also about those of strangers', async () => {
  const [gateway, reader] = await Promise.all([place.readerOf('gateway'), place.readerOf('HN')])
  const differences: object[] = []
  const onDifference = (difference: object) => void differences.push(difference)
  const { matched, result } = await reconcileLogs({
    ...{ gateway: await sideOfLog(gateway, true), country: { side: await sideOfLog(reader, true), code: 'HN' } },
    ...{ nowMs: Date.now(), onDifference },
  })
  expect(differences).toEqual([])
  expect(result).toBe('HOLDS')
  expect(matched).toBe(requestsOf(false).length + 1)
})
