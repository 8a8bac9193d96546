import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import { beforeEach, describe, expect, it } from 'vitest'
import { IstmoError } from '../../contract/errors.ts'
import type { OperationToPlan } from '../types/operation.ts'
import type { Payer } from '../types/planning.ts'
import { type KnownOperationsOptions, listOperations, openKnownOperations } from './known-operations.ts'

let logged: Record<string, unknown>[]
beforeEach(() => {
  logged = []
})
const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) })

const DOCUMENTS = ['{ person { id } }', '{ cases { id } }']

function open(over: Partial<KnownOperationsOptions> = {}) {
  return openKnownOperations({ maxCacheBytes: 1_000, listTrusted: () => DOCUMENTS, log, ...over })
}

/** An engine that plans as `plan` says, and notes what it planned. */
function createEngine(plan: (text: string) => Promise<boolean> = async () => true, cachedBytes = () => 0) {
  const planned: string[] = []
  const payers: Payer[] = []
  return {
    planned,
    payers,
    cachedBytes,
    planAhead({ source }: OperationToPlan, payer: Payer) {
      planned.push(source)
      payers.push(payer)
      return plan(source)
    },
  }
}

describe('the known operations', () => {
  it('are each operation of the trusted documents, planned at the gateway’s own cost', async () => {
    const both = 'query A { a } query B { b }'
    const engine = createEngine()
    await open({ listTrusted: () => [both, '{ c }'] }).planAhead(engine)
    expect(engine.planned).toEqual([both, both, '{ c }'])
    expect(engine.payers[0]).toMatchObject({ caller: null, isAhead: true })
    expect(logged.at(-1)).toMatchObject({ msg: 'known operations planned', planned: 3, failed: 0, leftOut: 0 })
  })

  it('that are none leave no line in the log', async () => {
    await open({ listTrusted: () => [] }).planAhead(createEngine())
    expect(logged).toEqual([])
  })

  it('are planned again with each engine, and the earlier pass ends', async () => {
    const known = open({ maxWaitMs: 1 })
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const [old, next] = [createEngine(() => promise), createEngine()]
    await known.planAhead(old)
    await known.planAhead(next)
    resolve(true)
    await setImmediate()
    expect([old.planned.length, next.planned.length]).toEqual([1, 2])
  })

  it('are planned no further when the gateway stops', async () => {
    const known = open({ maxWaitMs: 1 })
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const engine = createEngine(() => promise)
    await known.planAhead(engine)
    known.close()
    resolve(true)
    await setImmediate()
    expect(engine.planned).toHaveLength(1)
  })

  it('let a start wait only for a bounded time, and are planned on while it answers', async () => {
    const known = open({ maxWaitMs: 1 })
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const engine = createEngine(() => promise)
    await known.planAhead(engine)
    expect(engine.planned).toEqual(['{ person { id } }'])
    resolve(true)
    await expect.poll(() => engine.planned).toHaveLength(2)
  })

  it.each<[string, ReturnType<typeof createEngine>, object]>([
    ['fill half of the cache', createEngine(undefined, () => 500), { reason: 'MEMORY', planned: 0, leftOut: 2 }],
    [
      'are too hard',
      createEngine(async () => {
        throw new IstmoError('DOCUMENT_TOO_HARD')
      }),
      { reason: 'DOCUMENT_TOO_HARD', planned: 0, leftOut: 2 },
    ],
    [
      'find a thread that has no time',
      createEngine(async (text) => {
        if (text.includes('cases')) throw new IstmoError('GATEWAY_BUSY')
        return true
      }),
      { reason: 'GATEWAY_BUSY', planned: 1, leftOut: 1 },
    ],
  ])('end if they %s, and the log says so once', async (_, engine, expected) => {
    await open().planAhead(engine)
    expect(logged).toMatchObject([{ msg: 'known operations planned, but not all', level: 40, ...expected }])
  })

  it('end at 1,000, and the log says how many documents were left out', async () => {
    const documents = Array.from({ length: 1_200 }, (_, at) => `{ a${at} }`)
    const engine = createEngine()
    await open({ listTrusted: () => documents }).planAhead(engine)
    expect(engine.planned).toHaveLength(1_000)
    expect(logged.at(-1)).toMatchObject({ reason: 'COUNT', planned: 1_000, leftOut: 200 })
  })

  it('go on after one that cannot be planned', async () => {
    const engine = createEngine(async (text) => {
      if (text.includes('person')) throw new IstmoError('PLAN_FAILED')
      return true
    })
    await open().planAhead(engine)
    expect(logged.at(-1)).toMatchObject({ planned: 1, failed: 1, leftOut: 0 })
  })
})

const listed = (text: string) =>
  listOperations(text).map(({ source, operationName, conditions }) => {
    expect(source).toBe(text)
    return [operationName, conditions]
  })

describe('a trusted document', () => {
  it.each<[string, string, unknown]>([
    ['without a name is asked without one', '{ a }', [[undefined, {}]]],
    [
      'with one operation is asked with its name and without',
      'query A { a }',
      [
        [undefined, {}],
        ['A', {}],
      ],
    ],
    [
      'with two operations is asked with a name',
      'query A { a } query B { b }',
      [
        ['A', {}],
        ['B', {}],
      ],
    ],
    [
      'with a condition is asked with each value',
      'query ($x: Boolean!) { a @include(if: $x) }',
      [
        [undefined, { x: false }],
        [undefined, { x: true }],
      ],
    ],
    [
      'with two conditions is asked with each pair, whose names are sorted',
      'query ($y: Boolean!, $x: Boolean!) { a @skip(if: $y) ...F } fragment F on Query { b @include(if: $x) }',
      [false, true].flatMap((x) => [false, true].map((y) => [undefined, { x, y }])),
    ],
    [
      'with many conditions is not planned ahead',
      'query ($x: Boolean!, $y: Boolean!, $z: Boolean!) { a @skip(if: $x) b @skip(if: $y) c @skip(if: $z) }',
      [],
    ],
    ['with a condition that is no variable has none', '{ a @include(if: true) }', [[undefined, {}]]],
  ])('%s', (_, source, expected) => {
    expect(listed(source)).toEqual(expected)
  })
})
