import type { Language } from '../../contract/language.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { readSuspensionFolder } from '../../service/suspensions/suspensions.ts'
import { chooseSuspendLanguage, LANGUAGE_OPTIONS, type SuspendWorld, TERMINAL } from './suspend-command.ts'
import { suspendWords } from './words.ts'

const LIST = {
  name: 'istmo suspensions',
  description:
    'Shows what is suspended at a process: since when, by whom and why; and what waits to be taken. The process need not run.',
  arguments: { folder: { meaning: 'the folder of the process (its --suspensions)' } },
  options: {
    json: { flag: 'json', value: null, meaning: 'print JSON' },
    ...LANGUAGE_OPTIONS,
  },
  examples: [{ command: 'istmo suspensions suspensions', meaning: 'Shows what is suspended.' }],
} as const satisfies CommandSpec

/** Runs `istmo suspensions`. */
export async function runSuspensions(
  args: readonly string[],
  { streams, env }: Pick<SuspendWorld, 'streams' | 'env'> = TERMINAL,
): Promise<void> {
  const print = (line: string): void => void streams.out.write(`${line}\n`)
  const code = await executeCommand(
    LIST,
    args,
    ({ folder, json, ...line }) => show(folder, json, chooseSuspendLanguage(line, env)),
    streams,
  )
  if (code !== 0) process.exitCode = code

  async function show(folder: string, json: boolean, language: Language): Promise<void> {
    const say = suspendWords(language)
    const { inForce, waiting } = await readSuspensionFolder(folder)
    if (json) return print(JSON.stringify({ inForce, waiting: waiting.map(({ claims }) => claims) }))
    for (const { kind, value, since, by, reason } of inForce) {
      const what = `${say(`kinds.${kind}`)} ${value}`
      print(say('line', { what, since: new Date(since * 1_000).toISOString(), by, reason }))
    }
    for (const { kind, value, claims } of waiting) {
      print(say(`waitingLine.${claims.action}`, { what: `${say(`kinds.${kind}`)} ${value}`, by: claims.iss }))
    }
    if (inForce.length + waiting.length === 0) print(say('nothing', { folder }))
  }
}
