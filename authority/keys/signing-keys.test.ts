import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ConfigError } from '../../service/config-error.ts'
import { addSigningKey, readSigningKeys } from './signing-keys.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-signing-keys-'))
  await writeFile(join(folder, 'broken.json'), '{"keys": ["a secret"')
})
afterAll(() => rm(folder, { recursive: true }))

it.each([
  ['a file that is not there', 'none.json', /none\.json: expected JSON; there is no such file or folder \(ENOENT\)\./],
  ['a folder', '.', /: expected JSON; it is a folder, and not a file \(EISDIR\)\. Correct signingKeys/],
  ['a file of another form', 'broken.json', /broken\.json: expected JSON; came something else\. Correct signingKeys/],
])('the signing keys are not read from %s, and the message says why without a secret', async (_, name, message) => {
  const reading = readSigningKeys(join(folder, name))
  await expect(reading).rejects.toThrow(ConfigError)
  await expect(reading).rejects.toThrow(message)
  await expect(reading).rejects.not.toThrow('secret')
})

it('the first key makes the file, and a file that cannot be used stays', async () => {
  const file = join(folder, 'signing.json')
  const kid = await addSigningKey(file, 1)
  expect((await readSigningKeys(file)).map((key) => key.kid)).toEqual([kid])
  await expect(addSigningKey(join(folder, 'broken.json'), 1)).rejects.toThrow(ConfigError)
})
