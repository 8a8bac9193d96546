import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROJECT_DIR, readDemoConfig } from '../../demo/config.ts'
import { EXAMPLE_PERSON_ID } from '../../demo/generator/humans.ts'
import { type AcrossBorders, putBetween, type ThreeProfiles, writeAnswer, writeProfiles } from './readme.ts'
import { createDemoPlace, type DemoPlace, type RunningDemo } from './running-demo.ts'

/** Whether this run writes README's answers instead of comparing them. */
const IS_UPDATE = process.env.ISTMO_UPDATE_README === '1'
const README = join(PROJECT_DIR, 'README.md')
const PROFILES = ['analyst', 'prosecutor', 'liaison'] as const
const START_MS = 600_000
const STEP_MS = 90_000

const dataDir = readDemoConfig().publicDataDir

interface Mode {
  readonly title: string
  /** The folder of `answers/` with what this demo answers. */
  readonly folder: string
  /** Null: an empty folder, as a clone has it. */
  readonly dataDir: string | null
  /** The options of `npm start --`. */
  readonly args: readonly string[]
}

const MODES: readonly Mode[] = [
  { title: 'a clone without data files', folder: 'without-data', dataDir: null, args: [] },
  ...(dataDir === null
    ? []
    : [{ title: 'the publishers’ files', folder: 'with-data', dataDir, args: ['--persons', '30', '--cases', '60'] }]),
]

describe.each(MODES)('README and the demo with $title', (mode) => {
  let place: DemoPlace
  let demo: RunningDemo
  let across: AcrossBorders
  const profiles: ThreeProfiles[] = []

  beforeAll(async () => {
    // A clone has no prepared databases either (tests/prepared-database.ts): it makes its own.
    place = await createDemoPlace(mode.dataDir === null ? { ISTMO_TEST_PGLITE: '' } : { ISTMO_DATA: mode.dataDir })
    const empty = join(place.home, 'no-data')
    await mkdir(empty)
    demo = await place.start([...mode.args, ...(mode.dataDir === null ? ['--data', empty] : [])])
    across = await askUntilAnswered<AcrossBorders>(place, 'demo/across-borders.graphql', 'analyst')
    for (const profile of PROFILES) {
      profiles.push(await askUntilAnswered<ThreeProfiles>(place, 'demo/three-profiles.graphql', profile))
    }
    if (IS_UPDATE && mode.dataDir === null) await writeReadme(across, profiles)
  }, START_MS)
  afterAll(() => place.remove())

  it('gives README’s first answer, line by line', async () => {
    const readme = await readFile(README, 'utf8')
    const shown = mode.dataDir === null ? across : withoutPanama(across)
    expect(putBetween(readme, 'answer', writeAnswer(shown))).toBe(readme)
  })

  it('gives README’s table of three profiles, cell by cell', async () => {
    const readme = await readFile(README, 'utf8')
    expect(putBetween(readme, 'profiles', writeProfiles(profiles))).toBe(readme)
  })

  it.each(['across-borders', ...PROFILES])('gives each value of the answer %s', async (name) => {
    const index = PROFILES.indexOf(name as (typeof PROFILES)[number])
    const { data, errors = [] } = index < 0 ? across : (profiles[index] as ThreeProfiles)
    const held = { data, errors: errors.map(({ path, extensions }) => ({ path, code: extensions.code })) }
    const path = join(import.meta.dirname, 'answers', mode.folder, `${name}.json`)
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

  it(
    'gives the same answer to the curl command that npm start prints',
    async () => {
      const curl = demo.output().match(/^curl .*$/m)?.[0] ?? ''
      const { stdout } = await promisify(execFile)('sh', ['-c', curl])
      expect(JSON.parse(stdout).data).toEqual(across.data)
    },
    STEP_MS,
  )
})

it('README’s answers are of a clone, which has no data files', () => {
  expect(existsSync(join(PROJECT_DIR, 'data'))).toBe(false)
})

/** Asks until no country is too late: a node that has just started may miss its deadline on a busy machine. */
async function askUntilAnswered<T>(place: DemoPlace, file: string, profile: string): Promise<T> {
  const query = await readFile(join(PROJECT_DIR, file), 'utf8')
  const { stdout } = await place.run('demo/token.ts', profile)
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`http://127.0.0.1:${place.port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${stdout.trim()}` },
      body: JSON.stringify({ query, variables: { id: EXAMPLE_PERSON_ID } }),
    })
    expect(response.status).toBe(200)
    const text = await response.text()
    if (!/"(TIMED_OUT|UNAVAILABLE)"/.test(text) || attempt === 20) return JSON.parse(text) as T
  }
}

/** What README prints is a clone's answer, in which Panama does not take part. */
function withoutPanama(answer: AcrossBorders): AcrossBorders {
  const { person } = answer.data
  const outcomes = person.cases.outcomes.map((outcome) =>
    outcome.country === 'PA' ? { country: 'PA', reach: 'NOT_PUBLISHED', code: null } : outcome,
  )
  return { data: { person: { ...person, cases: { ...person.cases, outcomes } } } }
}

async function writeReadme(across: AcrossBorders, profiles: readonly ThreeProfiles[]): Promise<void> {
  const readme = await readFile(README, 'utf8')
  const answered = putBetween(readme, 'answer', writeAnswer(across))
  await writeFile(README, putBetween(answered, 'profiles', writeProfiles(profiles)))
}
