import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KnownCheckpoints } from '../../audit/gossip/known-checkpoints.ts'
import { formatCheckpointsHeader, parseCheckpointsHeader } from '../../contract/known-checkpoints.ts'
import { createExchange } from './others-checkpoints.ts'

function newExchange(notes: readonly string[]) {
  let elapsed = 0
  const taken: string[] = []
  const known: KnownCheckpoints = {
    take: (note, where) => taken.push(`${note} from ${where}`),
    list: () => notes.map((note, size) => ({ origin: note, size, note })),
    splits: () => 0,
    close: async () => undefined,
  }
  const exchange = createExchange({ known, own: () => 'own', elapsed: () => elapsed })
  return { exchange, taken, pass: (ms: number) => (elapsed += ms) }
}

describe('the exchange of checkpoints', () => {
  it('shows each partner the own checkpoint and two others in turn, once a second', () => {
    const { exchange, pass } = newExchange(['a', 'b', 'c'])
    const shown = () => parseCheckpointsHeader(exchange.headerFor('HN') ?? '')
    expect(shown()).toEqual(['own', 'a', 'b'])
    expect(exchange.headerFor('HN')).toBeUndefined()
    expect(exchange.headerFor('GT')).toBeDefined()
    pass(999)
    expect(exchange.headerFor('HN')).toBeUndefined()
    pass(1)
    expect(shown()).toEqual(['own', 'b', 'c'])
  })

  it('reads what a partner shows once a second, and ignores what is too long', () => {
    const { exchange, taken, pass } = newExchange([])
    exchange.take('HN', formatCheckpointsHeader(['x', 'y']))
    exchange.take('HN', formatCheckpointsHeader(['z']))
    expect(taken).toEqual(['x from the header of HN', 'y from the header of HN'])
    pass(1_000)
    exchange.take('HN', 'A'.repeat(100_000))
    exchange.take('GT', undefined)
    expect(taken).toHaveLength(2)
  })
})

describe('the header of checkpoints', () => {
  it('holds up to three notes of at most 1,024 bytes, whatever is in them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 3 }),
        (notes) => {
          const fit = notes.filter((note) => Buffer.byteLength(note) <= 1_024)
          const value = formatCheckpointsHeader(notes)
          expect(value === undefined ? [] : parseCheckpointsHeader(value)).toEqual(fit)
          expect(value?.length ?? 0).toBeLessThan(4_200)
        },
      ),
    )
    expect(formatCheckpointsHeader(['x'.repeat(1_025)])).toBeUndefined()
    expect(parseCheckpointsHeader(formatCheckpointsHeader(['a', 'b', 'c', 'd']) ?? '')).toEqual(['a', 'b', 'c'])
    expect(parseCheckpointsHeader('a, :*:, :Yg==:')).toEqual(['b'])
  })
})
