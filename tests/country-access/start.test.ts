import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DATES, PERSONS, RULES, YAML } from './honduras.ts'
import { startTestNode, type TestNode } from './node.ts'

/** With which rules a node starts, and what it does without rules. */

let node: TestNode

beforeAll(async () => {
  node = await startTestNode(RULES)
  await node.db.execute(`insert into legal.statute (id, heading) values ('HN:CP:1', 'Homicidio')`)
})
afterAll(() => node?.close())

const CASE = '{ case(id: "HN:1") { id category } }'
const LAW = '{ statute(id: "HN:CP:1") { heading } }'

describe('a node', () => {
  it('without rules recognises nobody, and serves the public law', async () => {
    const closed = await startTestNode(null, node.db)
    try {
      expect((await closed.ask({ query: CASE })).status).toBe(403)
      expect((await closed.ask({ domain: 'legal', query: LAW })).body).toEqual({
        data: { statute: { heading: 'Homicidio' } },
      })
    } finally {
      await closed.close()
    }
  })

  it('that accepts a token once rejects it the second time, and accepts another', async () => {
    const once = await startTestNode({ ...RULES, 'HN.yaml': `${YAML}legTokens: once\n` }, node.db)
    try {
      const token = await once.sign(CASE)
      const statuses = []
      for (const sent of [token, token, await once.sign(CASE)])
        statuses.push((await once.ask({ query: CASE, token: sent })).status)
      expect(statuses).toEqual([200, 403, 200])
    } finally {
      await once.close()
    }
  })

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'the file of another country',
      { 'HN.yaml': YAML.replace('country: HN', 'country: GT') },
      /country: expected HN; came GT/,
    ],
    [
      'a setting that it does not know',
      { 'HN.yaml': YAML.replace('taskForces', 'taskForce') },
      /HN\.yaml: .*taskForce/,
    ],
    ['policies that do not parse', { 'HN.cedar': 'permit (' }, /HN\.yaml: policies: HN: expected Cedar policies/],
    [
      'policies that do not exist',
      { 'HN.yaml': YAML.replace('HN.cedar', 'no.cedar') },
      /HN\.yaml: policies: .*no\.cedar/,
    ],
    ['an SDL that does not parse', { 'persons.graphql': 'type {' }, /domains\.persons\.sdl: line 1: Syntax Error/],
    [
      'an SDL with a rule that nobody can meet',
      { 'persons.graphql': PERSONS.replace(DATES, '@requiresScopes(scopes: [])') },
      /Person\.birthDate: @requiresScopes expects/,
    ],
    [
      'an SDL that demands less than the contract',
      { 'persons.graphql': PERSONS.replace(' @policy(policies: [["location_release"]])', '') },
      /HN, persons: the country's SDL demands less than the contract at Person\.addresses\./,
    ],
  ])('does not start with %s', async (_title, files, message) => {
    await expect(startTestNode({ ...RULES, ...files }, node.db)).rejects.toThrow(message)
  })
})
