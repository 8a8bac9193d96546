import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createNonces } from './dpop-proof.ts'

const SECRET = Buffer.alloc(32, 1)
const KEY = () => SECRET

it('a nonce is the newest one for up to a minute, valid for one more, and then not valid', () => {
  let nowS = 1_800_000_000
  const nonces = createNonces(() => nowS, KEY)
  const nonce = nonces.current()
  expect([nonces.check(nonce), nonce]).toEqual(['fresh', nonces.current()])
  nowS += 60
  expect([nonces.check(nonce), nonces.check(nonces.current())]).toEqual(['ageing', 'fresh'])
  nowS += 60
  expect(nonces.check(nonce)).toBe('invalid')
})

it('whatever was asked before, a nonce is what new nonces of the same key say at that time, also when the clock goes back', () => {
  const time = fc.integer({ min: 0, max: 600 }).map((after) => 1_800_000_000 + after)
  fc.assert(
    fc.property(fc.array(fc.record({ now: time, made: time }), { minLength: 1, maxLength: 12 }), (steps) => {
      let nowS = 0
      const old = createNonces(() => nowS, KEY)
      for (const { now, made } of steps) {
        nowS = now
        const fresh = createNonces(() => now, KEY)
        const nonce = createNonces(() => made, KEY).current()
        expect([old.current(), old.check(nonce)]).toEqual([fresh.current(), fresh.check(nonce)])
      }
    }),
  )
})

it('a nonce of a key is not valid any more when there is another key', () => {
  let key = SECRET
  const nonces = createNonces(
    () => 1_800_000_000,
    () => key,
  )
  const before = nonces.current()
  key = Buffer.alloc(32, 2)
  expect([nonces.check(before), nonces.check(nonces.current())]).toEqual(['invalid', 'fresh'])
})

it('a nonce of a future minute cannot be asked for, and is not valid before its time', () => {
  const later = createNonces(() => 1_800_000_600, KEY).current()
  expect(createNonces(() => 1_800_000_000, KEY).check(later)).toBe('invalid')
})

it('gateways with one key know the nonces of each other, and nobody without the key can make one', () => {
  const [one, other, stranger] = [KEY, KEY, undefined].map((key) => createNonces(() => 1_800_000_000, key))
  expect(one?.check(other?.current())).toBe('fresh')
  expect(one?.check(stranger?.current())).toBe('invalid')
  for (const nonce of [undefined, null, 7, '', 'x', one?.current().toLowerCase()])
    expect(one?.check(nonce)).toBe('invalid')
})

it('a nonce has only the characters that RFC 9449 allows', () => {
  expect(createNonces(() => 0).current()).toMatch(/^[\x21\x23-\x5B\x5D-\x7E]+$/)
})
