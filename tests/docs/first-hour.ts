import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import type { DemoPlace } from '../demo/running-demo.ts'
import { runSession, stepsOf, withoutChance } from './console-session.ts'

const page = await readFile(join(PROJECT_DIR, 'docs/auditing.md'), 'utf8')
const steps = stepsOf(page)

/** In milliseconds: how long the commands of the page may take on a busy machine. */
const SESSION_MS = 480_000

/**
 * Goes through the first hour of docs/auditing.md as an auditor would, as tests of the file that calls it.
 *
 * @param running the place of a demo that has just started, without the publishers' files. Nobody has asked it yet.
 */
export function describeFirstHour(running: () => DemoPlace): void {
  let folder: string
  let outputs: readonly string[]

  beforeAll(async () => {
    const { home, port } = running()
    folder = await mkdtemp(join(tmpdir(), 'istmo-auditing-'))
    await symlink(home, join(folder, '.istmo'))
    // The independent checker is where it is in a clone.
    await symlink(join(PROJECT_DIR, 'audit'), join(folder, 'audit'))
    const commands = steps.map(({ command }) =>
      command.replaceAll(/127\.0\.0\.1:(\d+)/g, (_, shown) => `127.0.0.1:${port + Number(shown) - 4000}`),
    )
    outputs = await runSession(commands, folder, { ISTMO_HOME: home, PORT: String(port) })
  }, SESSION_MS)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each(steps.map((step, at) => [step.command, step.output, at] as const))(
    'shows what the page shows for %s',
    (_, output, at) => {
      expect(withoutChance(outputs[at] ?? '')).toBe(withoutChance(output))
    },
  )
}
