import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readNodeKey } from './pages.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const own = privateKey.export({ format: 'jwk' })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-node-key-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('the file of a node’s key', () => {
  it('is a private Ed25519 key as a JWK', async () => {
    await writeFile(join(folder, 'key'), JSON.stringify(own))
    expect((await readNodeKey(join(folder, 'key'))).publicKey.x).toBe(own.x)
  })

  it.each([
    ['nothing in it', '', 'an empty file'],
    ['PEM', privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 'PEM'],
    ['the public key', JSON.stringify(publicKey.export({ format: 'jwk' })), 'a public key (OKP Ed25519)'],
    ['a key of another kind', '{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"c"}', 'another kind (EC P-256)'],
    ['a half', JSON.stringify(own).slice(0, 50), 'no JSON: the file may be cut off'],
    ['something else', '[]', 'JSON without a key'],
  ])('with %s is refused with what came, and quotes no secret', async (_, text, came) => {
    await writeFile(join(folder, 'key'), text)
    const reading = readNodeKey(join(folder, 'key'))
    await expect(reading).rejects.toThrow(`expected a private Ed25519 key as a JWK; came `)
    await expect(reading).rejects.toThrow(came)
    await expect(reading).rejects.not.toThrow(String(own.d))
  })

  it('that is not there is refused without the advice to make a new key', async () => {
    await expect(readNodeKey(join(folder, 'none'))).rejects.toThrow(
      /there is no such file .*--node-key \(NODE_KEY_FILE\)\.$/,
    )
  })
})
