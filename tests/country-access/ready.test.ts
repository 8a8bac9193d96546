import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RULES } from './honduras.ts'
import { startTestNode, type TestNode } from './node.ts'

/** A domain whose search index lacks rows does not answer, so that nobody takes its silence for «no hit». Tested over real HTTP. */

let filled: TestNode
let node: TestNode
beforeAll(async () => {
  filled = await startTestNode(RULES)
  await filled.db.execute(`
    insert into persons.person (id, agency, handling, recorded_at, synthetic) values ('HN:P1', 'MP', '{H1}', now(), true);
    insert into persons.person_name (person_id, ordinal, category, full_name) values ('HN:P1', 1, 'LEGAL', 'Ana Paz');
    delete from persons.name_word`)
  node = await startTestNode(RULES, filled.db)
})
afterAll(async () => {
  await node?.close()
  await filled?.close()
})

describe('a node whose words of names are not complete', () => {
  it('answers no leg of that domain, and those of the others', async () => {
    const search = '{ persons(countries: ["HN"], search: { name: "Ana Paz" }) { edges { node { id } } } }'
    const { status, body } = await node.ask({ domain: 'persons', query: search, claims: { scope: 'person:read' } })
    expect([status, body.data, body.errors?.[0]?.extensions.code]).toEqual([503, undefined, 'RECORDS_UNAVAILABLE'])
    const law = await node.ask({ domain: 'legal', query: '{ statute(id: "HN:CP:1") { id } }' })
    expect([law.status, law.body]).toEqual([200, { data: { statute: null } }])
  })

  it('is not ready, and says what is missing and what to do', async () => {
    const response = await fetch(`${node.url}/health/ready`)
    const { status } = (await response.json()) as { readonly status: string }
    expect([response.status, status]).toEqual([503, expect.stringContaining('persons.name_word')])
    expect(status).toContain('select persons.learn_all_words()')
  })
})
