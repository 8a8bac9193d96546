import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import { oversightPort } from '../../demo/ports.ts'
import { createDemoPlace, type DemoPlace, type RunningDemo } from '../demo/running-demo.ts'
import { runSession, stepsOf, withoutChance } from './console-session.ts'

/** Goes through the first hour of docs/auditing.md as an auditor would, with a demo of its own. */

/** In milliseconds: how long a demo and the commands of the page may take on a busy machine. */
const START_MS = 480_000

let folder: string
let place: DemoPlace
let demo: RunningDemo
let outputs: readonly string[]
/** Whether something still listened where oversight had listened, after the last command. */
let isListening: boolean

const page = await readFile(join(PROJECT_DIR, 'docs/auditing.md'), 'utf8')
const steps = stepsOf(page)
const spanishPage = await readFile(join(PROJECT_DIR, 'docs/es/auditing.md'), 'utf8')
const spanish = stepsOf(spanishPage)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-auditing-'))
  const data = join(folder, 'no-data')
  await mkdir(data)
  place = await createDemoPlace({ ISTMO_DATA: data })
  demo = await place.start()
  const desk = join(folder, 'desk')
  await mkdir(desk)
  await symlink(place.home, join(desk, '.istmo'))
  // The independent checker is where it is in a clone.
  await symlink(join(PROJECT_DIR, 'audit'), join(desk, 'audit'))
  const commands = steps.map(({ command }) =>
    command.replaceAll(/127\.0\.0\.1:(\d+)/g, (_, port) => `127.0.0.1:${place.port + Number(port) - 4000}`),
  )
  outputs = await runSession(commands, desk, { ISTMO_HOME: place.home, PORT: String(place.port) })
  isListening = await fetch(`http://127.0.0.1:${oversightPort(place.port)}/health/live`).then(
    () => true,
    () => false,
  )
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

  it('leaves nothing running', () => {
    expect(isListening).toBe(false)
  })
})

describe('the page in Spanish', () => {
  it('has the same commands and the same outputs in the same order, so that only one page has to be run', () => {
    expect(spanish).toEqual(steps)
  })

  it('has the same sections', () => {
    const sections = (text: string) => [...text.matchAll(/^## /gm)].length
    expect(sections(spanishPage)).toBe(sections(page))
  })
})
