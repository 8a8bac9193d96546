import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlacedEntry } from '../../audit/verify/read-log.ts'
import { mergeByIndex } from './sides.ts'

async function* sourceOf(indexes: readonly number[]): AsyncGenerator<PlacedEntry> {
  for (const index of indexes) yield { index, bytes: Buffer.from(String(index)) }
}

describe('the entries of several exports of one log', () => {
  it('come in the order of the log, each once, whichever exports have them', async () => {
    const indexes = fc.uniqueArray(fc.nat(30)).map((all) => all.toSorted((one, other) => one - other))
    await fc.assert(
      fc.asyncProperty(fc.array(indexes, { maxLength: 5 }), async (exports) => {
        const merged: number[] = []
        for await (const { index, bytes } of mergeByIndex(exports.map(sourceOf))) {
          expect(Buffer.from(bytes).toString()).toBe(String(index))
          merged.push(index)
        }
        expect(merged).toEqual([...new Set(exports.flat())].sort((one, other) => one - other))
      }),
    )
  })

  it('are not read further if nobody wants more, and the files are closed', async () => {
    const closed: string[] = []
    async function* file(name: string): AsyncGenerator<PlacedEntry> {
      try {
        yield* sourceOf([1, 2, 3])
      } finally {
        closed.push(name)
      }
    }
    for await (const _ of mergeByIndex([file('a'), file('b')])) break
    expect(closed.sort()).toEqual(['a', 'b'])
  })

  it.each([0, 2])('are closed if one of the files cannot be read on after %s entries', async (readable) => {
    const closed: string[] = []
    async function* file(name: string, isTorn = false): AsyncGenerator<PlacedEntry> {
      try {
        yield* sourceOf([1, 2, 3].slice(0, isTorn ? readable : 3))
        if (isTorn) throw new Error('torn')
      } finally {
        closed.push(name)
      }
    }
    const readAll = async () => {
      for await (const _ of mergeByIndex([file('torn', true), file('a'), file('b')])) expect(closed).toEqual([])
    }
    await expect(readAll()).rejects.toThrow('torn')
    expect(closed.sort()).toEqual(['a', 'b', 'torn'])
  })
})
