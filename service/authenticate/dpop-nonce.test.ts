import { expect, it } from 'vitest'
import { createNonces } from './dpop-nonce.ts'

const KEY = Buffer.alloc(32, 1)

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
