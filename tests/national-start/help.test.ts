import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { OVERSIGHT_SETTINGS } from '../../auditors/oversight/config.ts'
import { AUDIT_COMMANDS_WITH_PLANNER } from '../../auditors/run-with-planner.ts'
import { COMMANDS } from '../../cli/commands.ts'
import { PROJECT_DIR } from '../../demo/config.ts'
import { GATEWAY_SETTINGS } from '../../gateway/process/settings.ts'
import type { OptionSpec } from '../../service/command-spec.ts'
import type { FileSetting } from '../../service/file-settings.ts'
import { readHelpTexts } from '../../service/help-words.ts'
import { NODE_SETTINGS } from '../../subgraphs/kit/settings.ts'

/** Asks the installed program for its help, as an operator does who has no sources. */

/** The commands below a command. */
const SUBCOMMANDS: Readonly<Record<string, readonly string[]>> = {
  policy: ['test'],
  audit: Object.keys(AUDIT_COMMANDS_WITH_PLANNER),
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

/** Asks every command there is, in both languages, for its help: those that a help lists too, and those of the demo. */
const ASK_EVERYTHING = `
  import { COMMANDS } from ${urlOf('cli/commands.ts')}
  import { executeGroup, executeCommand } from ${urlOf('service/command-line.ts')}
  import { runIstmo } from ${urlOf('cli/program.ts')}
  import { parseControlArguments } from ${urlOf('demo/control.ts')}
  import { START } from ${urlOf('demo/supervisor/options.ts')}
  import { runImportCommand } from ${urlOf('demo/commands/import.ts')}
  import { runGenerateRecords } from ${urlOf('demo/commands/generate-records.ts')}
  import { printToken } from ${urlOf('demo/token.ts')}
  const print = process.stdout.write.bind(process.stdout)
  const { speak } = await import(${urlOf('service/lang-option.ts')})
  const control = (action) => (args) => {
    try { parseControlArguments([action, ...args]) } catch (error) { process.stdout.write(error.text) }
  }
  const commands = [
    ...COMMANDS,
    { name: 'import', description: '', run: runImportCommand },
    { name: 'generate-records', description: '', run: runGenerateRecords },
    { name: 'token', description: '', run: printToken },
    { name: 'start', description: '', run: (args) => executeCommand(START, args, () => 0) },
    { name: 'demo-stop', description: '', run: control('stop') },
    { name: 'demo-start', description: '', run: control('start') },
  ]
  const helps = {}
  const ask = async (path, language) => {
    let out = ''
    process.stdout.write = (text) => ((out += text), true)
    process.argv = ['node', 'istmo', ...path, '--help', '--lang', language]
    if (path.length === 0) await runIstmo(COMMANDS)
    else await executeGroup({ name: 'istmo', description: '', commands }, process.argv.slice(2))
    return out
  }
  const visit = async (path) => {
    const [en, es] = [await ask(path, 'en'), await ask(path, 'es')]
    helps[path.join(' ')] = { en, es }
    const listed = en.split('\\nCommands:\\n')[1]?.split('\\n\\n')[0] ?? ''
    for (const [, name] of listed.matchAll(/^ {2}(\\S+)/gm)) await visit([...path, name])
  }
  await visit([])
  for (const { name } of commands) if (helps[name] === undefined) await visit([name])
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

describe('every command', () => {
  let everything: Readonly<Record<string, { readonly en: string; readonly es: string }>>
  beforeAll(async () => {
    const { out, complaint } = await runNode('--input-type=module', '-e', ASK_EVERYTHING)
    expect(complaint).toBe('')
    everything = JSON.parse(out)
    expect(Object.keys(everything).length).toBeGreaterThan(60)
  })

  it('has a help in Spanish, without a line of the English one', () => {
    for (const [path, { en, es }] of Object.entries(everything)) {
      expect(es, path).toMatch(/^Uso: /)
      const english = new Set(en.split('\n').filter(isSentence))
      expect(es.split('\n').filter((line) => english.has(line), path)).toEqual([])
    }
  })

  it('has `--lang`, and every text of the Spanish help is of a command that there is', () => {
    for (const [path, { en }] of Object.entries(everything)) expect(en, path).toContain('  --lang <code> ')
    const all = Object.values(everything).map(({ en }) => flow(en))
    const text = all.join('\n')
    expect(readHelpTexts().filter(({ en }) => !text.includes(flow(en.replace('{{group}}', 'istmo'))))).toEqual([])
  })
})

/** Says whether a line of a help has words of a person: two words beside each other, and not only what is typed. */
function isSentence(line: string): boolean {
  return (
    /(?<![\w:./<-])[a-z]{2,} [a-z]{2,}(?![\w:./-])/.test(line) &&
    !/^ {2,4}(?:istmo|npm|--\S+ \S+ (?:--|\S+$))/.test(line)
  )
}

/** A text with its line breaks taken out. */
function flow(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
