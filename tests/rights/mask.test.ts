import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { apiSchema } from '../oracle/federation.ts'
import { LITERAL_WORLD } from '../oracle/literal-world.ts'
import { nationsInMemory } from '../oracle/nation.ts'
import { callerOf, createGuardedEngine, type NationalRules } from './guarded-engine.ts'
import { maskAnswer } from './mask.ts'
import type { RuleSet } from './random-rules.ts'

/** Cases in which the oracle of removal and the gateway once disagreed, and their neighbours. Each is also what a reader would expect. */

const API = apiSchema()
const PUBLISHERS = { GT: ['cases', 'persons', 'legal'], HN: ['cases', 'persons', 'legal'] } as const
const RECOGNISED: NationalRules = { own: new Map(), scopes: ['s1'], policies: [] }
const RULE = '@requiresScopes(scopes: [["s2"]])'
const FLOOR: RuleSet = new Map([
  ['Case.status', [RULE]],
  ['PersonHit.band', [RULE]],
])
const open = createGuardedEngine(PUBLISHERS, new Map(), {})
const guarded = createGuardedEngine(PUBLISHERS, FLOOR, { GT: RECOGNISED, HN: RECOGNISED })
const nations = nationsInMemory(LITERAL_WORLD.rows)

describe('the answer to a caller who may read neither the status of a case nor the band of a hit', () => {
  it.each([
    ['is nothing where only the status is asked', '{ case(id: "GT:10") { status } }', null],
    [
      'has a null beside what may be read',
      '{ case(id: "GT:10") { status id } }',
      { case: { status: null, id: 'GT:10' } },
    ],
    [
      'is nothing where a condition leaves out what may be read, beside the status',
      '{ case(id: "GT:10") { status id @include(if: false) } }',
      null,
    ],
    [
      'is an object without fields where conditions leave out all that is asked',
      '{ case(id: "GT:10") { status @skip(if: true) id @include(if: false) } }',
      { case: {} },
    ],
    [
      'has the object where one selection of it is left out whole and another asks for the status',
      '{ case(id: "GT:10") { id @include(if: false) } case(id: "GT:10") { status } }',
      { case: { status: null } },
    ],
    [
      'has the object where a fragment of it is emptied beside the status',
      '{ case(id: "GT:10") { ... on Case { id @include(if: false) } status } }',
      { case: { status: null } },
    ],
    [
      'has the object where a variable empties a named fragment beside the status',
      'query ($no: Boolean = false) { case(id: "GT:10") { ...F status } } fragment F on Case { id @include(if: $no) }',
      { case: { status: null } },
    ],
    [
      'is nothing where a fragment is left out whole beside the status',
      '{ case(id: "GT:10") { ... on Case @include(if: false) { id } status } }',
      null,
    ],
    [
      'has the hits where one selection of them is left out whole and another asks for the band',
      '{ personHits(search: { name: "Chepe Peña", birthDate: "2020-02-29" }) { hits { country @include(if: false) } hits { band } } }',
      { personHits: { hits: [{ band: null }, { band: null }] } },
    ],
  ])('%s', async (_, source, expected) => {
    const operation = { document: parse(source), operationName: undefined, variables: {} }
    const complete = await open.ask(operation, null, nations)
    expect(maskAnswer(API, operation, complete.data, new Set(FLOOR.keys()))).toEqual(expected)
    const answer = await guarded.ask(operation, callerOf(['s1'], Object.keys(PUBLISHERS)), nations)
    expect(answer.data).toEqual(expected)
  })
})
