import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KnownOperation } from '../types/planning.ts'
import { createHotList, HOT_LIST_BOUNDS, type HotListOptions } from './hot-list.ts'

const BOUNDS: HotListOptions = { maxOperations: 4, maxCharacters: 10_000, maxNewOfCaller: 3, maxCallers: 3 }

function operation(name: string, removed: readonly string[] = []): KnownOperation {
  const planned = { source: `{ ${name} }`, operationName: undefined, conditions: {} }
  return { asked: planned, planned, removedFields: new Set(removed) }
}

/** A hot list to which a test says who asks what. The plan of an operation is one object. */
function createWorld(bounds: Partial<HotListOptions> = {}) {
  const list = createHotList({ ...BOUNDS, ...bounds })
  const plans = new Map<string, object>()
  return {
    list,
    ask(caller: string, ...names: string[]) {
      for (const name of names) {
        const plan = plans.get(name) ?? {}
        plans.set(name, plan)
        list.note(operation(name), plan, caller)
      }
    },
    names: () => list.list().map(({ planned }) => planned?.source.slice(2, -2)),
  }
}

describe('a hot list', () => {
  it('has the operations that most callers ask first', () => {
    const { ask, names } = createWorld()
    ask('one', 'a', 'b')
    ask('two', 'b', 'c')
    ask('three', 'b', 'c')
    expect(names()).toEqual(['b', 'c', 'a'])
  })

  it('counts a caller once in an interval, however often it asks', () => {
    const { ask, names } = createWorld()
    for (let i = 0; i < 1_000; i++) ask('one', 'a')
    ask('one', 'b')
    ask('two', 'b')
    expect(names()).toEqual(['b', 'a'])
  })

  it('counts no more callers than its bound', () => {
    const { list, ask, names } = createWorld()
    for (const caller of ['1', '2', '3']) ask(caller, 'few')
    for (const caller of ['4', '5', '6', '7', '8', '9']) ask(caller, 'many')
    expect(names()).toEqual(['few', 'many'])
    list.endInterval()
    ask('1', 'many')
    expect(names()).toEqual(['many', 'few'])
  })

  it('weighs an earlier interval by half, and skips those in which nobody asks', () => {
    const { list, ask, names } = createWorld()
    for (const caller of ['1', '2', '3']) ask(caller, 'old')
    for (let i = 0; i < 2_000; i++) list.endInterval()
    ask('1', 'new')
    expect(names()).toEqual(['old', 'new'])
    list.endInterval()
    ask('1', 'new')
    ask('2', 'new')
    expect(names()).toEqual(['new', 'old'])
  })

  it('tells operations apart whose removed fields differ, and not two plans of one operation', () => {
    const { list } = createWorld()
    list.note(operation('a'), {}, 'one')
    list.note(operation('a'), {}, 'two')
    list.note(operation('a', ['Case.court']), {}, 'one')
    expect(list.list().map(({ removedFields }) => [...removedFields])).toEqual([[], ['Case.court']])
  })

  it('takes an operation again that it dropped, though its plan is the same object', () => {
    const { list, ask, names } = createWorld({ maxOperations: 1 })
    ask('one', 'a')
    list.endInterval()
    ask('one', 'b')
    expect(names()).toEqual(['b'])
    list.endInterval()
    list.endInterval()
    ask('one', 'a')
    expect(names()).toEqual(['a'])
  })

  it('puts what an earlier run left behind what is asked now, and only where there is room', () => {
    const { list, ask, names } = createWorld({ maxOperations: 2 })
    for (const name of ['x', 'y', 'z']) list.add(operation(name))
    expect(names()).toEqual(['x', 'y'])
    ask('one', 'y', 'w')
    expect(names()).toEqual(['y', 'w'])
  })

  it('learns how an operation is asked, if it knew only the structure', () => {
    const { list, ask } = createWorld()
    list.add({ ...operation('a'), asked: null })
    expect(list.list().map(({ asked }) => asked)).toEqual([null])
    ask('one', 'a')
    expect(list.list()).toEqual([operation('a')])
  })

  it('takes no operation whose text is long, and no more characters than its bound', () => {
    const { ask, list } = createWorld({ maxOperations: 1_000, maxNewOfCaller: 1_000 })
    ask('one', 'x'.repeat(10_000))
    expect(list.list()).toEqual([])
    for (let i = 0; i < 300; i++) ask('one', `${'x'.repeat(40)}${i}`)
    const characters = list.list().reduce((sum, { asked, planned }) => {
      return sum + (asked?.source.length ?? 0) + (planned?.source.length ?? 0)
    }, 0)
    expect(characters).toBeGreaterThan(9_000)
    expect(characters).toBeLessThanOrEqual(10_000)
  })

  it('keeps what others ask beside a caller who sends 100,000 different operations', () => {
    const { list, ask, names } = createWorld({ ...HOT_LIST_BOUNDS, maxOperations: 100 })
    const usual = Array.from({ length: 50 }, (_, at) => `usual${at}`)
    let number = 0
    for (let interval = 0; interval < 20; interval++) {
      for (const name of usual) ask(`officer${interval % 3}`, name)
      for (let i = 0; i < 5_000; i++) ask('flood', `flood${number++}`)
      list.endInterval()
      for (let i = 0; i < 100; i++) ask('flood', `early${number++}`)
    }
    expect(names()).toEqual(expect.arrayContaining(usual))
    expect(names().length).toBeLessThanOrEqual(100)
  })
})

/** The slow way: each operation has its whole history, and all is computed again for each question. */
function createOracle({ maxOperations, maxNewOfCaller, maxCallers }: HotListOptions) {
  const rows: { name: string; history: string[][] }[] = []
  let brought: string[] = []
  let asked = false
  const weigh = ({ history }: { history: string[][] }): number =>
    history.reduce((sum, callers, at) => sum + callers.length / 2 ** (history.length - 1 - at), 0)
  return {
    note(caller: string, name: string) {
      asked = true
      let row = rows.find((each) => each.name === name)
      if (row === undefined) {
        if (brought.filter((each) => each === caller).length >= maxNewOfCaller) return
        brought.push(caller)
        if (rows.length >= maxOperations) {
          const least = Math.min(...rows.map(weigh))
          const at = rows.findLastIndex((each) => weigh(each) === least)
          if (least >= 1) return
          rows.splice(at, 1)
        }
        row = { name, history: [[]] }
        rows.push(row)
      }
      const now = row.history.at(-1) ?? []
      if (!now.includes(caller) && now.length < maxCallers) now.push(caller)
    },
    endInterval() {
      if (!asked) return
      asked = false
      brought = []
      for (const { history } of rows) history.push([])
    },
    names: () => rows.toSorted((a, b) => weigh(b) - weigh(a)).map(({ name }) => name),
  }
}

describe('a hot list, after any questions,', () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.constantFrom('1', '2', '3', '4', '5'), fc.constantFrom(...'abcdefghij')) },
    { weight: 1, arbitrary: fc.constant(null) },
  )
  const steps = fc.array(step, { maxLength: 120 })

  it('has what the slow way has, in the same order', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { list, ask, names } = createWorld()
        const oracle = createOracle(BOUNDS)
        for (const one of all) {
          if (one === null) for (const each of [list, oracle]) each.endInterval()
          else {
            ask(...one)
            oracle.note(...one)
          }
          expect(names()).toEqual(oracle.names())
        }
      }),
    )
  })

  it('still has what one officer asks in each interval, if the others cannot fill it with what is asked once', () => {
    const flood = fc.array(fc.array(fc.constantFrom('f1', 'f2'), { maxLength: 30 }), { maxLength: 8 })
    let number = 0
    fc.assert(
      fc.property(flood, fc.boolean(), (intervals, isFirst) => {
        // 4 usual operations, and two callers who may bring 3 each: 4 + 2 × 3 = 10.
        const { list, ask, names } = createWorld({ maxOperations: 10 })
        const usual = ['u1', 'u2', 'u3', 'u4']
        for (let warm = 0; warm < 2; warm++) {
          ask('officer1', 'u1', 'u2')
          ask('officer2', 'u3', 'u4')
          list.endInterval()
        }
        for (const asked of intervals) {
          const attack = () => {
            for (const caller of asked) ask(caller, `flood${number++}`)
          }
          if (isFirst) attack()
          ask('officer1', 'u1', 'u2')
          ask('officer2', 'u3', 'u4')
          if (!isFirst) attack()
          list.endInterval()
        }
        expect(names()).toEqual(expect.arrayContaining(usual))
      }),
    )
  })
})
