import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatSetting, parseEnvFile } from '../../joining/running/node-place.ts'

/** Signs that a shell reads as something else than themselves outside of quotes, in double quotes or at the end of a line. */
const SIGNS = [
  '"',
  "'",
  '\\',
  '$',
  '`',
  '#',
  ';',
  '=',
  ' ',
  '\n',
  '\t',
  '~',
  '*',
  '!',
  '&',
  '|',
  '(',
  ')',
  '<',
  '%',
  'ñ',
  '\u2028',
]

it('a shell reads each setting as istmo wrote it and reads it itself', async () => {
  const text = fc.oneof(fc.string({ unit: fc.constantFrom(...SIGNS, 'a', '1') }), fc.string({ unit: 'grapheme' }))
  const values = fc.sample(text, 300).map((value, at) => [`V${at}`, value] as const)
  const folder = await mkdtemp(join(tmpdir(), 'istmo-shell-'))
  try {
    const file = join(folder, 'node.env')
    const settings = values.map(([name, value]) => `${formatSetting(name, value)}\n`).join('')
    await writeFile(file, settings)
    const { stdout } = spawnSync('sh', ['-c', 'set -a && . "$1" && exec env -0', 'sh', file], { encoding: 'utf8' })
    const read = stdout.split('\0').filter((each) => /^V\d+=/.test(each))
    expect(Object.fromEntries(read.map((each) => [each.split('=', 1)[0], each.slice(each.indexOf('=') + 1)]))).toEqual(
      Object.fromEntries(values),
    )
    expect(parseEnvFile(settings, file)).toEqual(Object.fromEntries(values))
  } finally {
    await rm(folder, { recursive: true })
  }
})
