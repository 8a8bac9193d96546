import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import { makeMark, readMark, withMark } from '../../tools/translations/mark.ts'
import { readTranslations } from '../../tools/translations/pairs.ts'
import { PROFILES, type ReadmeAnswers } from './ask-readme.ts'
import { type AcrossBorders, putAnswers, READMES, type ThreeProfiles } from './readme.ts'

/** Whether this run writes README's answers instead of comparing them. */
const IS_UPDATE = process.env.ISTMO_UPDATE_README === '1'
const ASK_MS = 600_000

/**
 * Compares README with a running demo, as tests of the file that calls it.
 *
 * @param folder the folder of `answers/` with what this demo answers.
 *   `without-data` as a clone has it, `with-data` with the publishers' files.
 * @param ask asks that demo README's questions. It is called once.
 */
export function describeReadme(folder: 'with-data' | 'without-data', ask: () => Promise<ReadmeAnswers>): void {
  const isClone = folder === 'without-data'
  let across: AcrossBorders
  let profiles: readonly ThreeProfiles[]
  let pasted: unknown

  beforeAll(async () => {
    ;({ across, profiles, pasted } = await ask())
    if (IS_UPDATE && isClone) await writeReadmes(across, profiles)
  }, ASK_MS)

  it.each(READMES)('gives the answers of $path, line by line and cell by cell', async ({ path, language }) => {
    const readme = await readFile(join(PROJECT_DIR, path), 'utf8')
    expect(putAnswers(readme, language, isClone ? across : withoutPanama(across), profiles)).toBe(readme)
  })

  it.each(['across-borders', ...PROFILES])('gives each value of the answer %s', async (name) => {
    const index = PROFILES.indexOf(name as (typeof PROFILES)[number])
    const { data, errors = [] } = index < 0 ? across : (profiles[index] as ThreeProfiles)
    const held = { data, errors: errors.map(({ path, extensions }) => ({ path, code: extensions.code })) }
    const path = join(import.meta.dirname, 'answers', folder, `${name}.json`)
    if (IS_UPDATE) {
      await mkdir(join(path, '..'), { recursive: true })
      await writeFile(path, `${JSON.stringify(held, null, 2)}\n`)
    }
    expect(held).toEqual(JSON.parse(await readFile(path, 'utf8')))
  })

  it('names the same person of each country', () => {
    const { sameAs } = across.data.person
    expect(sameAs.map(({ id }) => id)).toEqual(['HN:P-000005', 'SV:P-000003'])
    for (const { names } of sameAs) expect(names?.[0]?.full).toBe('Erick Ramirez Guzman')
  })

  it('gives the same answer to the curl command that npm run token prints', () => {
    expect(pasted).toEqual(across.data)
  })
}

/** What README prints is a clone's answer, in which Panama does not take part. */
function withoutPanama(answer: AcrossBorders): AcrossBorders {
  const { person } = answer.data
  const outcomes = person.cases.outcomes.map((outcome) =>
    outcome.country === 'PA' ? { country: 'PA', reach: 'NOT_PUBLISHED', code: null } : outcome,
  )
  return { data: { person: { ...person, cases: { ...person.cases, outcomes } } } }
}

/** Writes the answers into both READMEs. The translation stays as old or as new as it was, because its answers are new too. */
async function writeReadmes(across: AcrossBorders, profiles: readonly ThreeProfiles[]): Promise<void> {
  const isTranslated = readTranslations(PROJECT_DIR).pairs.some(
    ({ original, translation }) =>
      original.path === 'README.md' && readMark(translation.text)?.hash === makeMark(original.path, original.text).hash,
  )
  for (const { path, language } of READMES) {
    const readme = await readFile(join(PROJECT_DIR, path), 'utf8')
    await writeFile(join(PROJECT_DIR, path), putAnswers(readme, language, across, profiles))
  }
  if (!isTranslated) return
  const translation = join(PROJECT_DIR, 'README.es.md')
  const mark = makeMark('README.md', await readFile(join(PROJECT_DIR, 'README.md'), 'utf8'))
  await writeFile(translation, withMark(await readFile(translation, 'utf8'), mark))
}
