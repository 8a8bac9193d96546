import { buildSchema } from 'graphql'
import { expect, it } from 'vitest'
import { createUnnamedRows } from './leg-quotas.ts'

const SCHEMA = buildSchema(`
  type Query { cases: CaseConnection case: Case _entities: [_Entity] }
  union _Entity = Case
  type CaseConnection { edges: [CaseEdge!]! }
  type CaseEdge { cursor: String node: Case! }
  type Case { id: ID! court: String linkedCases: [Case!] offences: [Offence!] }
  type Offence { iccs: String }
`)
const DATA = { cases: { edges: [{ node: { court: 'x' } }, { node: { court: 'y' } }] } }
const count = createUnnamedRows(SCHEMA)

it.each([
  ['{ cases { edges { node { key: id court } } } }', 0],
  ['{ cases { edges { node { ... on Case { id court offences { iccs } } } } } }', 0],
  ['{ cases { edges { node { id ... { court } ...More } } } } fragment More on Case { court }', 0],
  ['{ cases { edges { cursor } } }', 0],
  ['{ cases { edges { node { __typename } } } }', 0],
  ['{ _entities { __typename ... on Case { id court } } }', 0],
  ['{ cases { edges { node { court } } } }', 5],
  ['{ cases { edges { node { ...More } } } } fragment More on Case { court }', 5],
  ['{ cases { edges { node { id linkedCases { court } } } } }', 5],
  ['{ _entities { ... on Case { court } } }', 5],
])('counts each object of an answer if a record is asked for without its id: %s', (query, expected) => {
  expect([count({ query, data: DATA }), count({ query, data: DATA })]).toEqual([expected, expected])
})
