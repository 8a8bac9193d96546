import { describe, expect, it } from 'vitest'
import { newSigner } from '../log/testing.ts'
import { type NoteVerifier, renameVerifier } from './key.ts'
import type { KeyRotation } from './rotation.ts'
import { shardKeys } from './shard-name.ts'

const NAME = 'istmo.example/gateway'
const [first, second, third] = [1, 2, 3].map(() => newSigner(NAME).verifier) as [
  NoteVerifier,
  NoteVerifier,
  NoteVerifier,
]

/** A key was replaced at entry 5 of a log. */
function rotation(oldKey: NoteVerifier, newKey: NoteVerifier, log = NAME): KeyRotation {
  return { index: 5, oldKey: renameVerifier(oldKey, log), newKey: renameVerifier(newKey, log) } as KeyRotation
}

const keysFor = (origin: string, rotations: readonly KeyRotation[], trusted = first) =>
  shardKeys([trusted], rotations, origin).map(({ verifier }) => Buffer.from(verifier.publicKey).toString('hex'))
const hex = (...keys: readonly NoteVerifier[]) => keys.map(({ publicKey }) => Buffer.from(publicKey).toString('hex'))

describe('the keys of a worker’s log', () => {
  it.each([
    ['the gateway’s key', [], `${NAME}/1`, [first]],
    ['the key that replaced it before there were workers', [rotation(first, second)], `${NAME}/1`, [second]],
    [
      'both, in their order, if it was replaced in the log itself',
      [rotation(first, second, `${NAME}/1`)],
      `${NAME}/1`,
      [first, second],
    ],
    ['nothing of what another worker’s log says', [rotation(first, second, `${NAME}/2`)], `${NAME}/1`, [first]],
    ['in its next shard, the newest', [rotation(first, second, `${NAME}/1`)], `${NAME}/1/2027`, [second]],
    [
      'one after the other',
      [rotation(first, second), rotation(second, third, `${NAME}/1`)],
      `${NAME}/1/2027-01`,
      [third],
    ],
    ['none, for an origin of no log of this gateway', [], `${NAME}/1/x`, []],
  ])('are %s', (_, rotations, origin, keys) => {
    expect(keysFor(origin, rotations)).toEqual(hex(...keys))
  })

  it('are not those of a rotation that a stranger made', () => {
    const stranger = rotation(second, third)
    expect(() => keysFor(`${NAME}/1`, [stranger])).toThrow('do not lead to the trusted key')
  })
})
