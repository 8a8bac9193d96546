import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROJECT_DIR, readDemoConfig } from '../../demo/config.ts'
import { describeReadme } from './describe-readme.ts'
import { putAnswers, READMES } from './readme.ts'
import { createDemoPlace, type DemoPlace, PATIENT_DEADLINES, type RunningDemo } from './running-demo.ts'

/** README and the demo with the publishers' files. tests/demo/demo.test.ts compares README with a clone's demo, from which its answers come. */

const START_MS = 600_000

const { publicDataDir } = readDemoConfig()

if (publicDataDir !== null) {
  describe('README and the demo with the publishers’ files', () => {
    let place: DemoPlace
    let demo: RunningDemo
    beforeAll(async () => {
      place = await createDemoPlace({ ...PATIENT_DEADLINES, ISTMO_DATA: publicDataDir })
      demo = await place.start()
    }, START_MS)
    afterAll(() => place?.remove())

    describeReadme('with-data', () => ({ place, demo }))
  })
}

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
