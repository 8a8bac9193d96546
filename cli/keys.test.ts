import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { calculateJwkThumbprint, createLocalJWKSet, importJWK, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseSignerKey } from '../audit/note/key.ts'
import { readKeyFile } from '../audit/pseudonym/key-file.ts'
import { suspendersSchema } from '../service/suspensions/suspenders.ts'
import { UsageError } from '../service/usage-error.ts'
import { makeKeys } from './keys.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-keys-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('istmo keys', () => {
  it('makes both keys readable only by their owner, prints the public one, and never replaces a signer key', async () => {
    const at = join(folder, 'hn')
    const vkey = await makeKeys(['istmo.example/hn', at], 0)
    const key = await readFile(join(at, 'audit-log.key'), 'utf8')
    expect(parseSignerKey(key.trim()).verifier.vkey).toBe(vkey)
    expect((await stat(join(at, 'audit-log.key'))).mode & 0o777).toBe(0o600)
    await expect(makeKeys(['istmo.example/hn', at], 0)).rejects.toThrow('EEXIST')
    expect(await readFile(join(at, 'audit-log.key'), 'utf8')).toBe(key)
    expect((await readKeyFile(join(at, 'audit-log-refs.json'))).epochs).toHaveLength(1)
    await makeKeys(['--rotate', at], 1_000)
    expect((await readKeyFile(join(at, 'audit-log-refs.json'))).epochs.map(({ epoch }) => epoch)).toEqual([1, 2])
  })

  it.each([[['istmo.example/hn']], [['a name', 'x']], [['--rotate']], [['--other', 'x', 'y']], [[]]])(
    'rejects other arguments: %j',
    async (args) => {
      await expect(makeKeys(args, 0)).rejects.toThrow(UsageError)
    },
  )

  it('rotates nothing if there is no file of keys', async () => {
    await expect(makeKeys(['--rotate', join(folder, 'none')], 0)).rejects.toThrow('ENOENT')
  })
})

it('makes the key of leg tokens, readable only by its owner, with a key set that has no secret part', async () => {
  const at = join(folder, 'leg')
  const kid = await makeKeys(['--leg', at], 0)
  const [secret, keySet] = await Promise.all(
    ['leg.jwk.json', 'leg.jwks.json'].map(async (name) => JSON.parse(await readFile(join(at, name), 'utf8'))),
  )
  expect((await stat(join(at, 'leg.jwk.json'))).mode & 0o777).toBe(0o600)
  const { d, ...named } = secret
  expect(keySet).toEqual({ keys: [named] })
  expect([named.kid, await calculateJwkThumbprint(named)]).toEqual([kid, kid])
  const signed = await new SignJWT({}).setProtectedHeader({ alg: 'EdDSA' }).sign(await importJWK({ ...named, d }))
  await jwtVerify(signed, createLocalJWKSet(keySet))
  await expect(makeKeys(['--leg', at], 0)).rejects.toThrow('EEXIST')
  await expect(makeKeys(['name', '--leg', at], 0)).rejects.toThrow(/expected nothing besides --leg/)
})

it.each(['ana.paz', '2026', '1e5', '0x10', 'true', 'null', 'NO'])(
  'prints a line that a country’s file takes, also for a suspender with the name %s',
  async (name) => {
    const line = await makeKeys([name, '--suspender', join(folder, 'suspenders')], 0)
    expect(suspendersSchema.parse(parse(line))).toMatchObject([{ name }])
  },
)
