import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEADLINE_HEADER } from '../../contract/deadline.ts'
import { newLegSalt } from '../../subgraphs/kit/testing.ts'
import { RULES } from './honduras.ts'
import { startTestNode, type TestNode } from './node.ts'

/** A leg has the time that the gateway gives it (contract/deadline.ts). Tested over real HTTP, with a question that takes too long. */

let node: TestNode
beforeAll(async () => {
  node = await startTestNode(RULES)
  // A policy that never comes to an end stands for any statement that is slow.
  await node.db.execute(`
    insert into cases.case_file (id, agency, handling, recorded_at, synthetic) values ('HN:1', 'MP', '{H1}', now(), true);
    create function cases.slow() returns boolean language sql volatile as
      'select count(*) > 0 from generate_series(1, 4000) a, generate_series(1, 4000) b';
    create policy slow on cases.case_file as restrictive for select to istmo_reader using (cases.slow())`)
})
afterAll(() => node?.close())

const QUERY = '{ case(id: "HN:1") { id } }'

interface Reply {
  readonly status: number
  readonly body: string
  readonly ms: number
}

async function askWithin(deadline: string): Promise<Reply> {
  const token = await node.sign(QUERY, { scope: 'case:read' })
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      [DEADLINE_HEADER]: deadline,
      ...newLegSalt(),
    }
    const sent = request(`${node.url}/cases`, { method: 'POST', headers }, async (response) => {
      let body = ''
      for await (const chunk of response) body += chunk
      resolve({ status: response.statusCode ?? 0, body, ms: performance.now() - startedAt })
    })
    sent.on('error', reject)
    sent.end(JSON.stringify({ query: QUERY }))
  })
}

describe('a leg', () => {
  it('that takes longer than the gateway waits ends at that time, and its statement with it', async () => {
    const { status, body, ms } = await askWithin('400')
    expect([status, body]).toEqual([504, expect.stringContaining('LEG_DEADLINE')])
    expect(ms).toBeGreaterThan(350)
    // The statement by itself would take hours.
    expect(ms).toBeLessThan(30_000)
  })

  it.each(['0', '-1', '1.5', 'soon', '600001'])('with the deadline %s is rejected', async (deadline) => {
    const { status, body } = await askWithin(deadline)
    expect([status, body]).toEqual([400, expect.stringContaining(DEADLINE_HEADER)])
  })
})
