import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PROJECT_DIR } from '../../demo/config.ts'
import { EXAMPLE_PERSON_ID } from '../../demo/generator/persons.ts'
import type { ProfileName } from '../../demo/provider/officers.ts'
import type { AcrossBorders, ThreeProfiles } from './readme.ts'
import { type DemoPlace, tokenOf } from './running-demo.ts'

/** The profiles whose answers README compares, in this order. */
export const PROFILES = ['analyst', 'prosecutor', 'liaison'] as const

/** What a demo answers to README's questions. */
export interface ReadmeAnswers {
  readonly across: AcrossBorders
  /** The answers to {@link PROFILES}. */
  readonly profiles: readonly ThreeProfiles[]
  /** The member `data` of the answer to the curl command that `npm run token` prints. */
  readonly pasted: unknown
}

/** Asks a running demo README's questions, without vitest: tests/silence asks in a program of its own. */
export async function askReadme(place: DemoPlace): Promise<ReadmeAnswers> {
  const across = await askUntilAnswered<AcrossBorders>(place, 'demo/across-borders.graphql', 'analyst')
  const profiles: ThreeProfiles[] = []
  for (const profile of PROFILES) {
    profiles.push(await askUntilAnswered<ThreeProfiles>(place, 'demo/three-profiles.graphql', profile))
  }
  const { stdout: curl } = await place.run('demo/token.ts', 'analyst', '--curl')
  const { stdout } = await promisify(execFile)('sh', ['-c', curl])
  return { across, profiles, pasted: (JSON.parse(stdout) as { data: unknown }).data }
}

/** Asks until no country is too late: a node that has just started may miss its deadline on a busy machine. */
async function askUntilAnswered<T>(place: DemoPlace, file: string, profile: ProfileName): Promise<T> {
  const query = await readFile(join(PROJECT_DIR, file), 'utf8')
  const token = await tokenOf(place, profile)
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`http://127.0.0.1:${place.port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables: { id: EXAMPLE_PERSON_ID } }),
    })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`expected an answer to ${file}; came ${response.status}: ${text}`)
    if (!/"(TIMED_OUT|UNAVAILABLE)"/.test(text) || attempt === 20) return JSON.parse(text) as T
  }
}
