import { hash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SAMPLE_REQUEST } from '../contract/audit-log/testing.ts'
import { openContentStore, type StoredRules } from './stored-rules.ts'
import { decideAgain, type PastLeg } from './was-allowed.ts'

const GUARDED = `
  type Query { persons: PersonConnection }
  type PersonConnection { edges: [PersonEdge!]! }
  type PersonEdge { score: Int matchedName: String }
  type Person { names: [PersonName!] @requiresScopes(scopes: [["person:names"]]) }
  type PersonName { full: String! }
`
const UNPUBLISHED = GUARDED.replace(/ names:[^)]*\)/, ' id: ID!')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-stored-rules-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function keep(text: string): Promise<string> {
  const name = hash('sha256', text)
  await writeFile(join(folder, name), text)
  return name
}

async function storedRules(sdl: string): Promise<StoredRules> {
  const members = [{ issuer: 'GT', agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: ['person:read'] }]
  const access = {
    country: 'HN',
    taskForces: [{ id: 'jtf-2026-03', notAfter: '2026-12-31', members }],
    policySet: await keep(''),
    sdl: { persons: await keep(sdl) },
  }
  return openContentStore(folder).rules(await keep(JSON.stringify(access)))
}

/** A leg that asked HN for the matched name and its score, as an agency that may not read names. */
const LEG: PastLeg = {
  country: 'HN',
  domain: 'persons',
  reach: 'ANSWERED',
  code: null,
  wasSent: true,
  grantedScopes: ['person:read'],
  actor: SAMPLE_REQUEST.actor,
  grounds: SAMPLE_REQUEST.grounds,
  coordinates: ['PersonEdge.matchedName', 'PersonEdge.score'],
  denied: [],
  timeMs: Date.parse('2026-11-24T20:00:00.000Z'),
}

describe('the rules of a past time', () => {
  it('guard the name that a search shows as they guard the names of a person', async () => {
    const rules = await storedRules(GUARDED)
    const given = decideAgain(LEG, rules, null)
    expect(given.wrong).toEqual([
      'HN persons: PersonEdge.matchedName: it was requested, but the rules deny it (SCOPES)',
    ])
    const denied = [{ coordinate: 'PersonEdge.matchedName', kind: 'SCOPES', country: 'HN' } as const]
    expect(decideAgain({ ...LEG, denied }, rules, null)).toEqual({ fields: 2, wrong: [], undecided: [] })
  })

  it('do not have the name that a search shows where the country did not publish names', async () => {
    expect(decideAgain(LEG, await storedRules(UNPUBLISHED), null).fields).toBe(1)
  })
})
