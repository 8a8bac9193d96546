import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import { createDemoPlace, type DemoPlace, type RunningDemo } from '../demo/running-demo.ts'
import { runSession, stepsOf, withoutChance } from './console-session.ts'

/** Goes through the first hour of docs/auditing.md as an auditor would, with a demo of its own. */

/** In milliseconds: how long a demo may take to fill its databases on a busy machine. */
const START_MS = 240_000

let folder: string
let place: DemoPlace
let demo: RunningDemo
let outputs: readonly string[]

const page = await readFile(join(PROJECT_DIR, 'docs/auditing.md'), 'utf8')
const steps = stepsOf(page)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-auditing-'))
  const data = join(folder, 'no-data')
  await mkdir(data)
  place = await createDemoPlace({ ISTMO_DATA: data })
  demo = await place.start()
  const desk = join(folder, 'desk')
  await mkdir(desk)
  await symlink(place.home, join(desk, '.istmo'))
  const commands = steps.map(({ command }) =>
    command.replaceAll(/127\.0\.0\.1:(\d+)/g, (_, port) => `127.0.0.1:${place.port + Number(port) - 4000}`),
  )
  outputs = await runSession(commands, desk, { ISTMO_HOME: place.home, PORT: String(place.port) })
}, START_MS)
afterAll(async () => {
  await demo?.end('SIGTERM')
  await place?.remove()
  await rm(folder, { recursive: true, force: true })
}, START_MS)

describe('an auditor’s first hour', () => {
  it.each(steps.map((step, at) => [step.command, step.output, at] as const))(
    'shows what the page shows for %s',
    (_, output, at) => {
      expect(withoutChance(outputs[at] ?? '')).toBe(withoutChance(output))
    },
  )
})
