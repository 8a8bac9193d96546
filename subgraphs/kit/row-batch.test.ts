import { describe, expect, it } from 'vitest'
import { createRowBatch } from './row-batch.ts'

/** A batch over what is written here, and the ids of each statement. */
function recorded(read: (ids: readonly string[]) => Promise<void> = async () => undefined) {
  const statements: (readonly string[])[] = []
  const batch = createRowBatch(async (ids) => {
    statements.push([...ids])
    await read(ids)
    return new Map(ids.map((id) => [id, `row ${id}`]))
  })
  return { statements, batch }
}

describe('a batch of rows', () => {
  it('reads all that is asked for together in one statement, each id once', async () => {
    const { statements, batch } = recorded()
    const later = Promise.resolve()
      .then(() => undefined)
      .then(() => batch.load(['c', 'a']))
    await Promise.all([batch.load(['a', 'b', 'a']), batch.load(['b']), later])
    expect(statements).toEqual([['a', 'b', 'c']])
    expect([...batch.known]).toEqual(['a', 'b', 'c'].map((id) => [id, `row ${id}`]))
  })

  it('reads nothing again, neither what is known nor what is on its way', async () => {
    const gates: (() => void)[] = []
    const { statements, batch } = recorded(() => new Promise((resolve) => gates.push(resolve)))
    const first = batch.load(['a'])
    await until(() => gates.length === 1)
    const second = batch.load(['a', 'b'])
    await until(() => gates.length === 2)
    gates[1]?.()
    let isDone = false
    void second.then(() => {
      isDone = true
    })
    await until(() => batch.known.has('b'))
    expect(isDone).toBe(false)
    gates[0]?.()
    await Promise.all([first, second])
    await batch.load(['b', 'a'])
    expect(statements).toEqual([['a'], ['b']])
  })

  it('fails for all who asked, and reads again for the next', async () => {
    let isBroken = true
    const { statements, batch } = recorded(async () => {
      if (isBroken) throw new Error('no database')
    })
    const asked = await Promise.allSettled([batch.load(['a']), batch.load(['b'])])
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(batch.known.size).toBe(0)
    isBroken = false
    await batch.load(['a'])
    expect(statements).toEqual([['a', 'b'], ['a']])
  })
})

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
