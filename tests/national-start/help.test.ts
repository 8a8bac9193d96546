import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { AUDIT_COMMANDS_WITH_PLANNER } from '../../cli/audit/run-with-planner.ts'
import { COMMANDS } from '../../cli/commands.ts'
import { PROJECT_DIR } from '../../demo/config.ts'
import { GATEWAY_SETTINGS } from '../../gateway/process/settings.ts'
import { OVERSIGHT_SETTINGS } from '../../oversight/config.ts'
import type { OptionSpec } from '../../service/command-spec.ts'
import { NODE_SETTINGS } from '../../subgraphs/kit/config.ts'

/** Asks the installed program for its help, as an operator does who has no sources. */

/** The commands below a command. */
const SUBCOMMANDS: Readonly<Record<string, readonly string[]>> = {
  policy: ['test'],
  audit: AUDIT_COMMANDS_WITH_PLANNER.map(({ name }) => name),
}

const PATHS = COMMANDS.flatMap(({ name }) => [name, ...(SUBCOMMANDS[name] ?? []).map((below) => `${name} ${below}`)])

/** The help of a command, with its line breaks taken out. */
function helpOf(path: string): Promise<{
  readonly code: number
  readonly text: string
  readonly lines: readonly string[]
  readonly complaint: string
}> {
  return new Promise((resolve) => {
    const args = [join(PROJECT_DIR, 'cli/istmo.js'), ...path.split(' '), '--help']
    execFile(process.execPath, args, (error, stdout, stderr) =>
      resolve({
        code: Number(error?.code ?? 0),
        text: stdout.replaceAll(/\s+/g, ' '),
        lines: stdout.split('\n'),
        complaint: stderr,
      }),
    )
  })
}

it.each(PATHS)('istmo %s --help shows its arguments and options, and names no source file', async (path) => {
  const { code, text, lines, complaint } = await helpOf(path)
  expect([code, complaint]).toEqual([0, ''])
  expect(text).toContain(`Usage: istmo ${path}`)
  expect(text).not.toMatch(/\w\.ts\b/)
  expect(lines.slice(lines.indexOf('Examples:')).filter(({ length }) => length > 80)).toEqual([])
})

it.each([
  ['erase', '0 the salt is erased'],
  ['rotate-key', '0 the key is replaced'],
])('istmo audit %s --help says what its exit codes mean, and speaks of no question', async (name, said) => {
  const { text } = await helpOf(`audit ${name}`)
  expect(text).toContain(said)
  expect(text).not.toContain('the answer is')
})

it('lists every command below a command, so that a new one is tried here too', async () => {
  for (const [name, below] of Object.entries(SUBCOMMANDS)) {
    const listed = (await helpOf(name)).text.split(' Commands: ').at(-1) ?? ''
    for (const command of below) expect(listed).toContain(`${command} `)
  }
})

it.each([
  ['gateway', GATEWAY_SETTINGS],
  ['node', NODE_SETTINGS],
])('istmo %s --help lists each setting with its default and its environment variable', async (name, settings) => {
  const { text } = await helpOf(name)
  for (const { flag, variable, default: usual } of Object.values(settings as Readonly<Record<string, OptionSpec>>)) {
    const from = text.indexOf(` --${flag} `)
    expect(from, flag).toBeGreaterThan(0)
    const part = text.slice(from, from + text.slice(from).indexOf(`environment: ${variable})`))
    expect(part, `${flag} names ${variable}`).not.toMatch(/^.{1500}/)
    if (usual !== undefined) expect(part, flag).toContain(`default: ${usual}`)
  }
})

it('istmo oversight --help lists each setting of its file with its default', async () => {
  const { text } = await helpOf('oversight')
  for (const [name, { default: usual }] of Object.entries(OVERSIGHT_SETTINGS)) {
    expect(text).toMatch(new RegExp(` ${name} .*${usual === undefined ? 'required' : `default: ${usual}`}`))
  }
})
