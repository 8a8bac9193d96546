import { describe, expect, it } from 'vitest'
import { getOrAdd } from './get-or-add.ts'

describe('getOrAdd', () => {
  it('makes a value once for a key, and keeps it', () => {
    const map = new Map<string, string[]>()
    const made: string[] = []
    const make = (key: string) => (): string[] => {
      made.push(key)
      return []
    }
    const first = getOrAdd(map, 'HN', make('HN'))
    expect(getOrAdd(map, 'HN', make('HN'))).toBe(first)
    expect(getOrAdd(map, 'GT', make('GT'))).not.toBe(first)
    expect(made).toEqual(['HN', 'GT'])
    expect([...map.keys()]).toEqual(['HN', 'GT'])
  })

  it('takes what is false or empty for a value', () => {
    const map = new Map([['none', 0]])
    expect(getOrAdd(map, 'none', () => 1)).toBe(0)
  })
})
