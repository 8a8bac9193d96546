import { describe, expect, it } from 'vitest'
import { createUuidV7, isUuidV7 } from './uuid-v7.ts'

describe('a UUIDv7', () => {
  it('contains its millisecond, and is never the same twice', () => {
    const now = Date.parse('2026-11-24T20:00:00.123Z')
    const ids = Array.from({ length: 1000 }, () => createUuidV7(now))
    expect(new Set(ids).size).toBe(1000)
    for (const id of ids) {
      expect(isUuidV7(id)).toBe(true)
      expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now)
    }
  })

  it('has random bits at all places but those of its time, version and variant', () => {
    const ids = Array.from({ length: 2_000 }, () => createUuidV7(0).replaceAll('-', ''))
    for (let at = 0; at < 32; at++) {
      const expected = at < 12 ? '0' : at === 12 ? '7' : at === 16 ? '89ab' : '0123456789abcdef'
      const came = new Set(ids.map((id) => id.charAt(at)))
      // Of 2,000 random digits, none is missing: the probability of that is 10 to the power of -54.
      expect([...came].sort().join('')).toBe(expected)
    }
  })

  it('shares no random digits with the one before', () => {
    const ids = Array.from({ length: 1_000 }, () => createUuidV7(0).replaceAll('-', ''))
    const places = Array.from({ length: 32 }, (_, at) => at).filter((at) => at > 12 && at !== 16)
    for (const at of places) {
      for (const other of places) {
        const equal = ids.slice(1).filter((id, before) => id.charAt(at) === ids[before]?.charAt(other)).length
        // About one in sixteen is equal by chance: more than 160 of 999 with a probability of 10 to the power of -25.
        expect(equal).toBeLessThan(160)
      }
    }
  })

  it('differs in form from other ids', () => {
    expect(isUuidV7('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')).toBe(true)
    expect(isUuidV7('919108f7-52d1-4320-9bac-f847db4148a8')).toBe(false)
    expect(isUuidV7('017F22E2-79B0-7CC3-98C4-DC0C0C07398F')).toBe(false)
    expect(isUuidV7('017f22e2-79b0-7cc3-c8c4-dc0c0c07398f')).toBe(false)
  })
})
