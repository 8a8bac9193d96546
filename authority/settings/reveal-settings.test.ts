import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { generateRevealKeys, toPublicKeys } from '../../contract/trust/reveal/reveal-keys.ts'
import { type RevealSettings, readRevealPins } from './reveal-settings.ts'

let folder: string
const at = (name: string): string => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-reveal-'))
  for (const name of ['authority', 'auditor-a', 'auditor-b']) {
    const keys = await generateRevealKeys('X25519', name !== 'authority')
    await writeFile(at(name), JSON.stringify({ keys: toPublicKeys(keys) }))
    await writeFile(at(`${name}.secret`), JSON.stringify({ keys }))
  }
  const many = await Promise.all(Array.from({ length: 16 }, () => generateRevealKeys('X25519', false)))
  const third = await Promise.all(Array.from({ length: 16 }, () => generateRevealKeys('X25519', false)))
  await writeFile(at('many'), JSON.stringify({ keys: toPublicKeys(many.flat()) }))
  await writeFile(at('more'), JSON.stringify({ keys: toPublicKeys(third.flat()) }))
  await writeFile(at('broken'), '{')
})
afterAll(() => rm(folder, { recursive: true }))

/** Settings whose auditors have these files. */
const settings = (auditors: Readonly<Record<string, readonly string[]>>, key = 'authority'): RevealSettings => ({
  key: at(key),
  auditors: Object.entries(auditors).map(([name, files]) => ({ name, keys: files.map(at) })),
  approvers: [{ agency: 'GT-MP', role: 'security' }],
})

it('has the keys of the authority and of each auditor', async () => {
  const pins = await readRevealPins(settings({ a: ['auditor-a'], b: ['auditor-b'] }))
  expect(pins?.auditors.map(({ name, keys }) => [name, keys.sealing.length, keys.signing.length])).toEqual([
    ['a', 1, 1],
    ['b', 1, 1],
  ])
  expect(await readRevealPins(undefined)).toBeNull()
})

it.each<[string, () => RevealSettings, string]>([
  [
    'a file that is not there',
    () => settings({ a: ['none'] }),
    'none: expected a file; there is no such file or folder (ENOENT)',
  ],
  ['a folder', () => settings({ a: ['.'] }), ': expected a file; it is a folder, and not a file (EISDIR)'],
  ['a file of another form', () => settings({ a: ['broken'] }), 'a set of public keys'],
  ['secret keys', () => settings({ a: ['auditor-a.secret'] }), 'a set of public keys'],
  ['the secret key of the authority', () => settings({ a: ['auditor-a'] }, 'authority.secret'), 'a set of public keys'],
  ['an auditor who cannot sign', () => settings({ a: ['many'] }), 'and one that signs'],
  ['an authority with several keys', () => settings({ a: ['auditor-a'] }, 'many'), 'one key that one seals to'],
  ['one key for two auditors', () => settings({ a: ['auditor-a'], b: ['auditor-a'] }), 'each key once'],
  ['the authority’s key for an auditor', () => settings({ a: ['auditor-a', 'authority'] }), 'each key once'],
  ['more keys than an entry holds', () => settings({ a: ['auditor-a', 'many', 'more'] }), 'at most 32 keys'],
])('is not accepted with %s', async (_, make, message) => {
  await expect(readRevealPins(make())).rejects.toThrow(message)
  await expect(readRevealPins(make())).rejects.toMatchObject({ name: 'ConfigError' })
})
