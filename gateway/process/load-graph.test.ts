import { readFileSync } from 'node:fs'
import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { closedAccess } from '../../contract/access/country-access.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { SUPERGRAPH_SDL } from '../plan/testing.ts'
import { anEndpoint, aParticipant } from '../testing.ts'
import { checkCountries, loadEngine } from './load-graph.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@external"])`
const GOODS = 'type Query { goods: [Good] } type Good @key(fields: "id") { id: ID! weight: Int }'
const FEES = (argument: string) =>
  `type Good @key(fields: "id") { id: ID! weight: Int @external fee${argument}: Int @requires(fields: "weight") }`

const SETTINGS = {
  supergraphFile: 'a.graphql',
  countriesFolder: null,
  legDeadlineMs: 1,
  maxAnswerBytes: 1,
  accessMode: 'filter',
  development: false,
} as const
const ENDPOINT = anEndpoint()
const sendLeg = () => Promise.reject(new TypeError('expected no leg'))

/** What the operator's log says about a load of the subgraphs `s0`, `s1` …, without the time. */
function loadOf(...subgraphs: readonly string[]): readonly Record<string, unknown>[] {
  const services = subgraphs.map((sdl, index) => ({ name: `s${index}`, typeDefs: parse(LINK + sdl) }))
  const { supergraphSdl = '', errors } = composeServices(services)
  expect(errors).toBeUndefined()
  const lines: string[] = []
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) })
  loadEngine({ supergraphSdl, participants: [], hash: '' }, SETTINGS, { sendLeg }, log)
  return lines.map((line) => JSON.parse(line))
}

it('warns at load of each field that the planner may plan wrongly', () => {
  const warning = { level: 40, coordinate: 'Good.fee', subgraph: 's1', shape: 'REQUIRES_WITH_ARGUMENTS' }
  expect(loadOf(GOODS, FEES('(zone: Int)'))).toEqual([expect.objectContaining(warning)])
})

it('does not warn of a supergraph that the planner plans correctly', () => {
  expect(loadOf(GOODS, FEES(''))).toEqual([])
})

it('makes a country unavailable to which legs would go over plain HTTP, and only warns of it in development', () => {
  const domains = { cases: anEndpoint({ url: 'http://10.0.0.7/cases' }), persons: ENDPOINT, legal: ENDPOINT }
  const [unsafe, other] = checkCountries(
    SUPERGRAPH_SDL,
    [aParticipant('HN', { domains }), aParticipant('GT', { domains: { cases: ENDPOINT } })],
    false,
  )
  expect(unsafe?.unavailable?.reason).toMatch(/HN, cases: legs would go over plain HTTP to another machine/)
  expect(other?.unavailable).toBeUndefined()
  const participants = checkCountries(SUPERGRAPH_SDL, [aParticipant('HN', { domains })], true)
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  loadEngine({ supergraphSdl: SUPERGRAPH_SDL, participants, hash: '' }, SETTINGS, { sendLeg }, log)
  expect(lines.join('')).toMatch(/"country":"HN","domain":"cases".*use https/)
})

it('makes a country unavailable whose server only the operating system trusts, except in development', () => {
  const cases = anEndpoint({ url: 'https://istmo.mp.hn/cases' })
  const known = { ...cases, tls: { pins: ['A'.repeat(43)] } }
  const participants = [aParticipant('HN', { domains: { cases } }), aParticipant('GT', { domains: { cases: known } })]
  const [unsafe, other] = checkCountries(SUPERGRAPH_SDL, participants, false)
  expect(unsafe?.unavailable?.reason).toMatch(/HN, cases: any authority .*`tls: \{ ca: … \}`/)
  expect(other?.unavailable).toBeUndefined()
  expect(checkCountries(SUPERGRAPH_SDL, participants, true)[0]?.unavailable).toBeUndefined()
})

it.each<[string, (sdl: string) => string, RegExp]>([
  [
    'asks less than the supergraph',
    (sdl) => sdl.replace(' @policy(policies: [["location_release"]])', ''),
    /HN, persons: .*- it asks less than the supergraph at Person\.addresses\./s,
  ],
  ['is not GraphQL', () => 'type {', /HN, persons: .*- line 1: Syntax Error/s],
  [
    'has a rule that nobody can meet',
    (sdl) => sdl.replace('@policy(policies: [["location_release"]])', '@policy(policies: [])'),
    /HN, persons: .*- Person\.addresses/s,
  ],
])('makes a country unavailable whose own SDL %s, and serves the others', (_, change, reason) => {
  const participant = (country: string, sdl: string) =>
    aParticipant(country, { domains: { persons: { ...ENDPOINT, sdl }, cases: ENDPOINT, legal: ENDPOINT } })
  const own = domainSdl('persons')
  expect(change(own)).not.toBe(own)
  const checked = checkCountries(SUPERGRAPH_SDL, [participant('GT', own), participant('HN', change(own))], false)
  expect(checked.map(({ country, unavailable }) => [country, unavailable?.code])).toEqual([
    ['GT', undefined],
    ['HN', 'CONFIGURATION_INVALID'],
  ])
  expect(checked[1]?.unavailable?.reason).toMatch(reason)
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  loadEngine({ supergraphSdl: SUPERGRAPH_SDL, participants: checked, hash: '' }, SETTINGS, { sendLeg }, log)
  expect(lines.join('')).toMatch(/"country":"HN","code":"CONFIGURATION_INVALID".*asked for nothing/)
})

it.each([
  [
    'a type that nobody defines',
    (sdl: string) => sdl.replace('birthDate: Date', 'birthDate: Dat'),
    /SV, persons: .*- line \d+: Person\.birthDate: .*came Dat/s,
  ],
  [
    'a missing non-null field',
    (sdl: string) => sdl.replace(/^ +id: ID!$/m, ''),
    /SV, persons: .*- line \d+: expected the field Person\.id/s,
  ],
  [
    'a policy that nobody decides',
    (sdl: string) => sdl.replace('[["location_release"]]', '[["location_release", "nobody"]]'),
    /SV, persons: .*- line \d+: .*"nobody"/s,
  ],
  ['a syntax error', (sdl: string) => `${sdl}\ntype`, /SV, persons: .*- line \d+: Syntax Error/s],
])('makes a country unavailable whose own SDL has %s, and names the line', (_, spoil, message) => {
  const supergraphSdl = readFileSync('supergraph.graphql', 'utf8')
  const check = (sdl: string): string | null | undefined => {
    const sv = aParticipant('SV', { domains: { persons: { ...anEndpoint(), sdl } } })
    return checkCountries(supergraphSdl, [sv], false)[0]?.unavailable?.reason
  }
  const sdl = readFileSync('tests/country-access/sdl/SV.persons.graphql', 'utf8')
  expect(check(sdl)).toBeUndefined()
  expect(spoil(sdl)).not.toBe(sdl)
  expect(check(spoil(sdl))).toMatch(message)
})

it('warns of a task force that a country’s file names though its last day is over', () => {
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  const member = { issuer: 'GT', agencies: ['GT-MP'], purposes: ['INVESTIGATION' as const], scopes: ['case:read'] }
  const force = (id: string, notAfter: string) => ({ id, notAfter, members: [member] })
  const access = { ...closedAccess('HN'), taskForces: [force('old', '2020-01-31'), force('new', '2999-12-31')] }
  const files = { supergraphSdl: SUPERGRAPH_SDL, participants: [aParticipant('HN', { access })], hash: '' }
  loadEngine(files, { ...SETTINGS, development: true }, { sendLeg }, log)
  const warned = lines.map((line) => JSON.parse(line)).filter(({ taskForce }) => taskForce !== undefined)
  expect(warned).toEqual([expect.objectContaining({ country: 'HN', taskForce: 'old', notAfter: '2020-01-31' })])
})
