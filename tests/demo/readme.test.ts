import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import { putAnswers, READMES } from './readme.ts'

/** README and the answers that are committed. tests/demo/demo.test.ts compares them with a clone's demo, tests/silence with one of the publishers' files. */

it.each(READMES)('$path has the answers that are committed', async ({ path, language }) => {
  const readAnswer = async (name: string) => {
    const text = await readFile(join(PROJECT_DIR, 'tests/demo/answers/without-data', `${name}.json`), 'utf8')
    const { data, errors } = JSON.parse(text) as { data: never; errors: { path: string[]; code: string }[] }
    return { data, errors: errors.map(({ path: at, code }) => ({ path: at, extensions: { code } })) }
  }
  const across = await readAnswer('across-borders')
  const profiles = await Promise.all(['analyst', 'prosecutor', 'liaison'].map(readAnswer))
  const readme = await readFile(join(PROJECT_DIR, path), 'utf8')
  expect(putAnswers(readme, language, across, profiles)).toBe(readme)
})

it('README’s answers are of a clone, which has no data files', () => {
  expect(existsSync(join(PROJECT_DIR, 'data'))).toBe(false)
})
