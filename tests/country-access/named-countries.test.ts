import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../contract/outcome.ts'
import { createEngine } from '../../gateway/pipeline/engine.ts'
import { readParticipants } from '../../gateway/process/countries.ts'
import { aContext, aTaskForceCaller } from '../../gateway/testing.ts'

/** Which countries an answer names with an outcome, over the country files of the demo. */

const ROOT = join(import.meta.dirname, '..', '..')
const DOWN: Outcome = { reach: 'UNAVAILABLE', code: 'CONNECTION' }
const engine = createEngine({
  supergraphSdl: readFileSync(join(ROOT, 'supergraph.graphql'), 'utf8'),
  participants: (await readParticipants(join(ROOT, 'countries'), { deadlineMs: 1_000, maxAnswerBytes: 1_000_000 }))
    .participants,
  subgraphDefaults: { deadlineMs: 1_000, maxAnswerBytes: 1_000_000 },
  sendLeg: async () => ({ kind: 'failed', outcome: DOWN }),
})

/** Asks with a mandate over all participants, and over Costa Rica, which does not take part. Returns the country and its reach. */
async function namedBy(source: string): Promise<string[]> {
  const caller = aTaskForceCaller(['GT', 'HN', 'PA', 'SV', 'UN', 'CR'], {
    scopes: ['case:read', 'mla:read', 'person:read'],
  })
  const request = { document: parse(source), source, operationName: undefined, variables: {} }
  const { extensions } = await engine.execute(request, aContext({ caller, grounds: { purpose: 'INVESTIGATION' } }))
  return ((extensions?.countries ?? []) as { country: string; domain: string; reach: string }[]).map(
    ({ country, domain, reach }) => `${country} ${domain}${reach === 'NOT_PUBLISHED' ? ' NOT_PUBLISHED' : ''}`,
  )
}

describe('an answer names', () => {
  it.each([
    [
      'not the depositary for cases, which it does not publish and nobody asked of it',
      '{ cases { edges { cursor } } }',
      ['CR cases NOT_PUBLISHED', 'GT cases', 'HN cases', 'PA cases', 'SV cases'],
    ],
    [
      'not the depositary for requests of countries, although it publishes treaties in the same domain',
      '{ mlaRequests { edges { cursor } } }',
      ['CR legal NOT_PUBLISHED', 'GT legal', 'HN legal', 'SV legal'],
    ],
    [
      'the depositary for treaties',
      '{ legalInstruments(binding: ["GT"]) { instruments { id } } }',
      ['GT legal', 'HN legal', 'SV legal', 'UN legal'],
    ],
    [
      'each country that the question lists',
      '{ cases(countries: ["UN", "GT", "MX"]) { edges { cursor } } }',
      ['GT cases', 'MX cases NOT_PUBLISHED', 'UN cases NOT_PUBLISHED'],
    ],
    ['the owner of an id', '{ person(id: "CR:P-1") { sex } }', ['CR persons NOT_PUBLISHED']],
  ])('%s', async (_, source, expected) => {
    expect(await namedBy(source)).toEqual(expected)
  })
})
