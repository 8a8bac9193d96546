import type { Language } from '../../contract/language.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { readSuspensionFolder } from '../../service/suspensions/read-folder.ts'
import { LANGUAGE_OPTION, type SuspendWorld, TERMINAL } from './suspend-command.ts'
import { SUSPEND_WORDS } from './words.ts'

const LIST = {
  name: 'istmo suspensions',
  description:
    'Shows what is suspended at a process: since when, by whom and why; and what waits to be taken. The process need not run.',
  arguments: { folder: { meaning: 'the folder of the process (its --suspensions)' } },
  options: {
    json: { flag: 'json', value: null, meaning: 'print JSON' },
    language: LANGUAGE_OPTION,
  },
  examples: [{ command: 'istmo suspensions suspensions', meaning: 'Shows what is suspended.' }],
} as const satisfies CommandSpec

/** Runs `istmo suspensions`. */
export async function runSuspensions(
  args: readonly string[],
  { streams }: Pick<SuspendWorld, 'streams'> = TERMINAL,
): Promise<void> {
  const print = (line: string): void => void streams.out.write(`${line}\n`)
  const code = await executeCommand(LIST, args, ({ folder, json, language }) => show(folder, json, language), streams)
  if (code !== 0) process.exitCode = code

  async function show(folder: string, json: boolean, language: Language | undefined): Promise<void> {
    const words = SUSPEND_WORDS[language ?? 'es']
    const { inForce, waiting } = await readSuspensionFolder(folder)
    if (json) return print(JSON.stringify({ inForce, waiting: waiting.map(({ claims }) => claims) }))
    for (const { kind, value, since, by, reason } of inForce) {
      print(words.line(`${words.kinds[kind]} ${value}`, new Date(since * 1_000).toISOString(), by, reason))
    }
    for (const { kind, value, claims } of waiting) {
      print(words.waitingLine(claims.action, `${words.kinds[kind]} ${value}`, claims.iss))
    }
    if (inForce.length + waiting.length === 0) print(words.nothing(folder))
  }
}
