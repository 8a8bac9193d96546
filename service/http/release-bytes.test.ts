import { expect, it } from 'vitest'
import { releaseBytes } from './release-bytes.ts'

const LENGTH = 100_000

it('bytes that have their memory for themselves have the length 0 afterwards', () => {
  const bytes = Buffer.allocUnsafeSlow(LENGTH)
  releaseBytes(bytes)
  expect(bytes.length).toBe(0)
})

it.each([
  ['a part of others', () => Buffer.allocUnsafeSlow(LENGTH).subarray(1)],
  ['short', () => Buffer.from('short')],
  ['memory that is shared', () => new Uint8Array(new SharedArrayBuffer(LENGTH))],
])('bytes that are %s stay', (_, make) => {
  const bytes = make()
  const { length } = bytes
  releaseBytes(bytes)
  expect(bytes.length).toBe(length)
})
