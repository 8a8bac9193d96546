import { describe, expect, it } from 'vitest'
import { type Camera, compress, MOST_BYTES } from './compress.ts'

/** A camera whose pictures have `bytesPerQuality` bytes for each point of quality. */
function cameraOf(bytesPerQuality: number, asked: number[]): Camera {
  return {
    send: async (_, { quality }) => {
      asked.push(quality)
      return { data: Buffer.alloc(quality * bytesPerQuality, 1).toString('base64') }
    },
  }
}

describe('compress', () => {
  it.each([
    ['the best quality if that is small enough', 100, 90],
    ['exactly the most bytes', MOST_BYTES / 80, 80],
    ['a lower quality', 1_500, 50],
  ])('takes %s', async (_, bytesPerQuality, quality) => {
    const asked: number[] = []
    const picture = await compress(cameraOf(bytesPerQuality, asked))
    expect(asked.at(-1)).toBe(quality)
    expect(picture.length).toBe(quality * bytesPerQuality)
    expect(picture.length).toBeLessThanOrEqual(MOST_BYTES)
  })

  it('does not give a picture that is too large', async () => {
    await expect(compress(cameraOf(3_000, []))).rejects.toThrow(/at most 80000 bytes; came 120000/)
  })
})
