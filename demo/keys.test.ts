import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadKey, publicJwk } from './keys.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-keys-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('a key of the demo', () => {
  it('is in a file that only its owner can read, and is used again', async () => {
    const file = join(folder, 'own', 'GT.jwk.json')
    const key = await loadKey(file)
    expect(await loadKey(file)).toEqual(key)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(dirname(file))).mode & 0o077).toBe(0)
    expect(publicJwk(key)).not.toHaveProperty('d')
  })

  it('is made once, if several need the first one at the same time', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadKey(join(folder, 'race.jwk.json'))))
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1)
  })

  it('is not replaced if its file holds something else', async () => {
    const file = join(folder, 'other.jwk.json')
    await writeFile(file, '{}')
    await expect(loadKey(file)).rejects.toThrow(/expected an Ed25519 private key as a JWK; came something else/)
  })
})
