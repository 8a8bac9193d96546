import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerJson, type Service, startService } from '../sidecar/upstream.ts'
import { RULES } from './honduras.ts'
import { type Reply, startTestNode, startTestSidecar, type TestNode, type TestSidecar } from './node.ts'

/** A node bounds the running time of each caller (docs/access.md, Running time). One caller keeps it busy, and another asks beside. */

const SMALL = ['--caller-time', '200:300'] as const
const CASE = { query: '{ case(id: "HN:1") { id } }', claims: { sub: 'attacker' } }
const STATUTE = { domain: 'legal', query: '{ statute(id: "HN:CP:1") { id } }', claims: { sub: 'bystander' } }
/** What a statement of the attacker costs here is far above what the bystander's cost, and the node is never idle. */
const ATTACKERS = 6

const codeOf = ({ status, body }: Reply): string =>
  status === 200 ? 'answered' : `${body.errors?.[0]?.extensions.code}`

let node: TestNode
let service: Service
let sidecar: TestSidecar

beforeAll(async () => {
  node = await startTestNode(RULES, undefined, ...SMALL)
  // A policy that takes long stands for any statement that does.
  await node.db.execute(`
    insert into cases.case_file (id, agency, handling, recorded_at, synthetic) values ('HN:1', 'MP', '{H1}', now(), true);
    insert into legal.statute (id) values ('HN:CP:1');
    create function cases.slow() returns boolean language sql volatile as
      'select count(*) > 0 from generate_series(1, 400) a, generate_series(1, 400) b';
    create policy slow on cases.case_file as restrictive for select to istmo_reader using (cases.slow())`)
  service = await startService()
  sidecar = await startTestSidecar(RULES, service.url, ...SMALL)
})
afterAll(async () => {
  await node?.close()
  await sidecar?.close()
  await service?.close()
})

/** Asks as the bystander again and again until something has happened. Returns what came. */
async function bystand(asked: TestSidecar, hasHappened: () => boolean): Promise<ReadonlySet<string>> {
  const came = new Set<string>()
  while (!hasHappened()) came.add(codeOf(await asked.ask(STATUTE)))
  return came
}

describe('a caller who keeps the node busy', () => {
  it('is told TIME_SPENT, while the legs of another caller are answered', async () => {
    const came: string[] = []
    const attack = async (): Promise<void> => {
      while (!came.includes('TIME_SPENT')) came.push(codeOf(await node.ask(CASE)))
    }
    const attackers = Array.from({ length: ATTACKERS }, attack)
    const others = await bystand(node, () => came.includes('TIME_SPENT'))
    await Promise.all(attackers)
    expect([...new Set(came)].sort()).toEqual(['TIME_SPENT', 'answered'])
    expect([...others]).toEqual(['answered'])
    expect((await node.ask(STATUTE)).body.data).toEqual({ statute: { id: 'HN:CP:1' } })
  })

  it('without a token is one caller with all others who have none, and an officer is answered beside', async () => {
    const nobody = { caller_iss: undefined, org: undefined, mandate: undefined, grounds: undefined, scope: '' }
    const came: string[] = []
    const query = '{ statutes(countries: ["HN"], first: 1) { edges { node { id } } } }'
    await node.db.execute(
      'create policy slow on legal.statute as restrictive for select to istmo_reader using (cases.slow())',
    )
    const attack = async (sub: string): Promise<void> => {
      while (!came.includes('TIME_SPENT'))
        came.push(codeOf(await node.ask({ domain: 'legal', query, claims: { ...nobody, sub } })))
    }
    const attackers = Array.from({ length: ATTACKERS }, (_, i) => attack(`anonymous ${i}`))
    const officer = { domain: 'persons', query: '{ person(id: "HN:1") { id } }', claims: { sub: 'officer' } }
    const others = new Set<string>()
    while (!came.includes('TIME_SPENT')) others.add(codeOf(await node.ask(officer)))
    await Promise.all(attackers)
    expect([...others]).toEqual(['answered'])
  })

  it('in front of a service loses the legs that run on, while the service is asked for another caller', async () => {
    service.answer = (response, { headers, body }) => {
      if (body.includes('case')) return
      expect(headers.authorization).toBeUndefined()
      answerJson(response, '{"data":{"statute":{"id":"HN:CP:1"}}}')
    }
    const came: string[] = []
    const attackers = Array.from({ length: ATTACKERS }, async () => void came.push(codeOf(await sidecar.ask(CASE))))
    const others = await bystand(sidecar, () => came.length === ATTACKERS)
    await Promise.all(attackers)
    expect([...new Set(came)]).toEqual(['TIME_SPENT'])
    expect([...others]).toEqual(['answered'])
  })
})
