import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readPlainFile } from './read-plain-file.ts'

let folder: string
const at = (name: string): string => join(folder, name)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'istmo-plain-'))
  writeFileSync(at('ok'), 'Ñandú')
  writeFileSync(at('large'), 'x'.repeat(101))
  writeFileSync(at('latin'), Buffer.from('Ñ', 'latin1'))
  symlinkSync(at('ok'), at('link'))
  symlinkSync('/dev/zero', at('zero'))
  execFileSync('mkfifo', [at('pipe')])
})
afterAll(() => rmSync(folder, { recursive: true }))

it.each([
  ['a pipe that nobody writes', 'pipe', /came a folder, a pipe or a device/],
  ['a device without an end', 'zero', /came a folder, a pipe or a device/],
  ['a folder', '.', /came a folder, a pipe or a device/],
  ['a file that is too large', 'large', /at most 100 bytes; came 101/],
  ['other letters than UTF-8', 'latin', /utf-8/],
  ['nothing', 'none', /ENOENT/],
])('refuses %s', (_name, name, message) => {
  expect(() => readPlainFile(at(name), 100)).toThrow(message)
})

it('reads a file, also behind a link', () => {
  expect([readPlainFile(at('ok'), 100), readPlainFile(at('link'), 100)]).toEqual(['Ñandú', 'Ñandú'])
})
