import { executeCommand } from '../../service/command-line.ts'
import { SWITCH, TEXT } from '../../service/command-texts.ts'
import { LANG_OR_SPANISH_OPTIONS, spokenLanguage } from '../../service/lang-option.ts'
import { readSuspensionFolder } from '../../service/suspensions/read-folder.ts'
import { CLI_TEXTS } from '../texts.ts'
import { type SuspendWorld, TERMINAL } from './suspend-command.ts'
import { suspendWords } from './words.ts'

const LIST = CLI_TEXTS.declare('suspensions', {
  arguments: { folder: TEXT },
  options: { json: SWITCH, ...LANG_OR_SPANISH_OPTIONS },
})

/** Runs `istmo suspensions`. */
export async function runSuspensions(
  args: readonly string[],
  { streams }: Pick<SuspendWorld, 'streams'> = TERMINAL,
): Promise<void> {
  const print = (line: string): void => void streams.out.write(`${line}\n`)
  const code = await executeCommand(LIST, args, ({ folder, json }) => show(folder, json), streams)
  if (code !== 0) process.exitCode = code

  async function show(folder: string, json: boolean): Promise<void> {
    const say = suspendWords(spokenLanguage('es'))
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
