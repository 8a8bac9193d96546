import { createHmac } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readKeyFile, rotateKeyFile } from './key-file.ts'
import { parseKeys, pseudonymOf, pseudonymsOf, rotateKeys } from './pseudonym.ts'

const NOW = Date.parse('2026-11-24T00:00:00Z')

describe('a pseudonym', () => {
  const keys = rotateKeys({ epochs: [] }, NOW)

  it('is the same for the same id, and different for a different id, kind or key', () => {
    const pseudonym = pseudonymOf('record', 'HN:P-000077', keys)
    expect(pseudonym).toMatch(/^1\.[\w-]{43}$/)
    expect(pseudonymOf('record', 'HN:P-000077', keys)).toBe(pseudonym)
    const others = [
      pseudonymOf('record', 'HN:P-000078', keys),
      pseudonymOf('case', 'HN:P-000077', keys),
      pseudonymOf('record', 'HN:P-000077', rotateKeys({ epochs: [] }, NOW)),
    ]
    expect(others).not.toContain(pseudonym)
  })

  it('is the HMAC-SHA-256 of kind and id under the key of its epoch, however often epochs take turns', () => {
    const rotated = rotateKeys(keys, NOW + 1)
    const kind = fc.constantFrom('record' as const, 'case' as const, 'actor' as const)
    const one = fc.record({ kind, id: fc.string({ maxLength: 200 }), epoch: fc.constantFrom(...rotated.epochs) })
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 5 }), (all) => {
        for (const { kind, id, epoch } of all) {
          const mac = createHmac('sha256', Buffer.from(epoch.key, 'base64')).update(`${kind}\u0000${id}`)
          expect(pseudonymOf(kind, id, { epochs: [epoch] })).toBe(`${epoch.epoch}.${mac.digest('base64url')}`)
        }
      }),
    )
  })

  it('from an old epoch can be found with the key file, but not without that epoch', () => {
    const old = pseudonymOf('record', 'HN:P-000077', keys)
    const rotated = rotateKeys(keys, NOW + 1)
    const current = pseudonymOf('record', 'HN:P-000077', rotated)
    expect(current).toMatch(/^2\./)
    expect(pseudonymsOf('record', 'HN:P-000077', rotated)).toEqual([current, old])
    expect(pseudonymsOf('record', 'HN:P-000077', rotated).includes(old)).toBe(true)
    expect(pseudonymsOf('record', 'HN:P-000078', rotated).includes(old)).toBe(false)
    expect(pseudonymsOf('record', 'HN:P-000077', { epochs: rotated.epochs.slice(1) }).includes(old)).toBe(false)
    expect(() => pseudonymOf('record', 'HN:P-000077', { epochs: [] })).toThrow('no epoch')
  })
})

describe('a key file', () => {
  it('can be created, rotated and read, and only its owner has access', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'istmo-keys-'))
    const path = join(folder, 'records.json')
    const first = await rotateKeyFile(path, NOW)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const second = await rotateKeyFile(path, NOW + 1000)
    expect(second.epochs[0]).toEqual(first.epochs[0])
    expect(await readKeyFile(path)).toEqual(second)
    expect(second.epochs.map(({ epoch, since }) => [epoch, since])).toEqual([
      [1, '2026-11-24T00:00:00.000Z'],
      [2, '2026-11-24T00:00:01.000Z'],
    ])
    const broken = (await readFile(path, 'utf8')).slice(0, -10)
    await writeFile(path, broken)
    await expect(rotateKeyFile(path, NOW)).rejects.toThrow('a key file is JSON')
    expect(await readFile(path, 'utf8')).toBe(broken)
    await rm(folder, { recursive: true })
  })

  const key = Buffer.alloc(32).toString('base64')
  it.each([
    ['{}', 'a list `epochs`'],
    ['{"epochs":[]}', 'at least one'],
    [`{"epochs":[{"epoch":0,"since":"2026-11-24","key":"${key}"}]}`, 'larger than the one before'],
    [`{"epochs":[{"epoch":1,"since":"soon","key":"${key}"}]}`, 'a time in `since`'],
    ['{"epochs":[{"epoch":1,"since":"2026-11-24","key":"c2hvcnQ="}]}', 'a key of 32 bytes'],
    [
      `{"epochs":[{"epoch":2,"since":"2026-11-24","key":"${key}"},{"epoch":2,"since":"2026-11-24","key":"${key}"}]}`,
      'epoch 2 of the key file',
    ],
  ])('may not be %s', (text, message) => expect(() => parseKeys(text)).toThrow(message))
})
