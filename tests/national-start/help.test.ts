import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import { AUDIT_COMMANDS_WITH_PLANNER } from '../../cli/audit/run-with-planner.ts'
import { COMMANDS } from '../../cli/commands.ts'
import { PROJECT_DIR } from '../../demo/config.ts'
import { GATEWAY_SETTINGS } from '../../gateway/process/settings.ts'
import { OVERSIGHT_SETTINGS } from '../../oversight/config.ts'
import type { OptionSpec } from '../../service/command-spec.ts'
import type { FileSetting } from '../../service/file-settings.ts'
import { NODE_SETTINGS } from '../../subgraphs/kit/settings.ts'

/** Asks the installed program for its help, as an operator does who has no sources. */

/** The commands below a command. */
const SUBCOMMANDS: Readonly<Record<string, readonly string[]>> = {
  policy: ['test'],
  audit: AUDIT_COMMANDS_WITH_PLANNER.map(({ name }) => name),
}

const PATHS = COMMANDS.flatMap(({ name }) => [name, ...(SUBCOMMANDS[name] ?? []).map((below) => `${name} ${below}`)])

interface Help {
  readonly code: number
  readonly out: string
  readonly complaint: string
}

/** Runs Node.js to its end. */
function runNode(...args: string[]): Promise<Help> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), out: stdout, complaint: stderr }),
    )
  })
}

const urlOf = (file: string): string => JSON.stringify(pathToFileURL(join(PROJECT_DIR, file)).href)

/** Asks for the help of each of its arguments in one process: to start one for each took twenty times as long. */
const ASK_ALL = `
  import { COMMANDS } from ${urlOf('cli/commands.ts')}
  import { runIstmo } from ${urlOf('cli/program.ts')}
  const [node, ...paths] = process.argv
  const print = process.stdout.write.bind(process.stdout)
  const helps = {}
  for (const path of paths) {
    const help = { code: 0, out: '', complaint: '' }
    process.stdout.write = (text) => ((help.out += text), true)
    process.stderr.write = (text) => ((help.complaint += text), true)
    process.argv = [node, 'istmo', ...path.split(' '), '--help']
    await runIstmo(COMMANDS)
    helps[path] = { ...help, code: process.exitCode ?? 0 }
    process.exitCode = undefined
  }
  print(JSON.stringify(helps))
`

let helps: Readonly<Record<string, Help>>
beforeAll(async () => {
  const { out, complaint } = await runNode('--input-type=module', '-e', ASK_ALL, ...PATHS)
  expect(complaint).toBe('')
  helps = JSON.parse(out)
})

/** The help of a command, with its line breaks taken out. */
function helpOf(path: string) {
  const { code, out, complaint } = helps[path] ?? { code: -1, out: '', complaint: 'no such command' }
  return { code, complaint, text: out.replaceAll(/\s+/g, ' '), lines: out.split('\n') }
}

it('the program of an installation prints the same help', async () => {
  for (const path of ['gateway', 'audit verify']) {
    const args = [...path.split(' '), '--help']
    expect(await runNode(join(PROJECT_DIR, 'cli/istmo.js'), ...args)).toEqual(helps[path])
  }
})

it.each(PATHS)('istmo %s --help shows its arguments and options, and names no source file', (path) => {
  const { code, text, lines, complaint } = helpOf(path)
  expect([code, complaint]).toEqual([0, ''])
  expect(text).toContain(`Usage: istmo ${path}`)
  expect(text).not.toMatch(/\w\.ts\b/)
  expect(lines.slice(lines.indexOf('Examples:')).filter(({ length }) => length > 80)).toEqual([])
})

it.each([
  ['erase', '0 the salts are erased'],
  ['rotate-key', '0 the key is replaced'],
])('istmo audit %s --help says what its exit codes mean, and speaks of no question', (name, said) => {
  const { text } = helpOf(`audit ${name}`)
  expect(text).toContain(said)
  expect(text).not.toContain('the answer is')
})

it('lists every command below a command, so that a new one is tried here too', () => {
  for (const [name, below] of Object.entries(SUBCOMMANDS)) {
    const listed = helpOf(name).text.split(' Commands: ').at(-1) ?? ''
    for (const command of below) expect(listed).toContain(`${command} `)
  }
})

it.each([
  ['gateway', GATEWAY_SETTINGS],
  ['node', NODE_SETTINGS],
])('istmo %s --help lists each setting with its default and its environment variable', (name, settings) => {
  const { text } = helpOf(name)
  for (const { flag, variable, default: usual } of Object.values(settings as Readonly<Record<string, OptionSpec>>)) {
    const from = text.indexOf(` --${flag} `)
    expect(from, flag).toBeGreaterThan(0)
    const part = text.slice(from, from + text.slice(from).indexOf(`environment: ${variable})`))
    expect(part, `${flag} names ${variable}`).not.toMatch(/^.{1500}/)
    if (usual !== undefined) expect(part, flag).toContain(`default: ${usual}`)
  }
})

it('istmo oversight --help lists each setting of its file with its default', () => {
  const { text } = helpOf('oversight')
  for (const [name, { default: usual }] of Object.entries<FileSetting>(OVERSIGHT_SETTINGS)) {
    expect(text).toMatch(new RegExp(` ${name} .*${usual === undefined ? 'required' : `default: ${usual}`}`))
  }
})
