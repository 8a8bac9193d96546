import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { loadEngine } from './graph.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@external"])`
const GOODS = 'type Query { goods: [Good] } type Good @key(fields: "id") { id: ID! weight: Int }'
const FEES = (argument: string) =>
  `type Good @key(fields: "id") { id: ID! weight: Int @external fee${argument}: Int @requires(fields: "weight") }`

/** What the log says of a load of the subgraphs `s0`, `s1` …, without the time. */
function loadOf(...subgraphs: readonly string[]): readonly Record<string, unknown>[] {
  const services = subgraphs.map((sdl, index) => ({ name: `s${index}`, typeDefs: parse(LINK + sdl) }))
  const { supergraphSdl = '', errors } = composeServices(services)
  expect(errors).toBeUndefined()
  const lines: string[] = []
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) })
  const settings = {
    supergraphFile: 'a.graphql',
    countriesFolder: null,
    legDeadlineMs: 1,
    maxAnswerBytes: 1,
    accessMode: 'filter' as const,
  }
  const sendLeg = () => Promise.reject(new TypeError('expected no leg'))
  loadEngine({ supergraphSdl, participants: [], hash: '' }, settings, { sendLeg }, log)
  return lines.map((line) => JSON.parse(line))
}

it('warns at load, by coordinate, of what the planner gets wrong', () => {
  const warning = { level: 40, coordinate: 'Good.fee', subgraph: 's1', shape: 'REQUIRES_WITH_ARGUMENTS' }
  expect(loadOf(GOODS, FEES('(zone: Int)'))).toEqual([expect.objectContaining(warning)])
})

it('has nothing to say of a supergraph that the planner gets right', () => {
  expect(loadOf(GOODS, FEES(''))).toEqual([])
})
