import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import type { Language } from '../../contract/language.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandLine } from '../../service/command-spec.ts'
import { SWITCH, TEXT } from '../../service/command-texts.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { UsageError } from '../../service/usage-error.ts'
import { JOINING_TEXTS } from '../commands.ts'
import { type RunningProcess, thisProcess } from '../environment.ts'
import { parseOperatorAddress, probeAndPrint } from '../probe/probe-command.ts'
import {
  ANSWER_KEYS,
  ANSWER_SPECS,
  type AnswerKey,
  type Answers,
  type Ask,
  completeAnswers,
  type GivenAnswers,
  readAnswersFile,
} from './answers.ts'
import { joinAnswers, makeCountryFolder, readFolderLanguage } from './make-folder.ts'
import { KEY_FILES, type WrittenFile } from './make-keys.ts'
import { joinWords } from './words.ts'

/** The option of one answer. The value is checked later, with all others, so that a person sees each wrong one at once. */
function toOption({ parse: _, fallback: __, ...option }: (typeof ANSWER_SPECS)[AnswerKey]) {
  return option
}

const ANSWER_OPTIONS = Object.fromEntries(ANSWER_KEYS.map((key) => [key, toOption(ANSWER_SPECS[key])])) as Record<
  AnswerKey,
  ReturnType<typeof toOption>
>

const JOIN = JOINING_TEXTS.declare('join', {
  arguments: { folder: { isOptional: true } },
  options: { ...ANSWER_OPTIONS, answers: TEXT, yes: SWITCH, probe: { parse: parseOperatorAddress }, lang: LANG_OPTION },
})

/** What the command takes from outside. */
export interface JoinWorld extends RunningProcess {
  /** The folder from which paths are resolved. */
  readonly cwd: () => string
  /** Opens a terminal to ask a person; null if there is none. */
  readonly openTerminal: () => { readonly ask: Ask; readonly close: () => void } | null
}

/** The world of this process. */
export const PROCESS_WORLD: JoinWorld = {
  ...thisProcess(),
  cwd: () => process.cwd(),
  openTerminal() {
    if (!process.stdin.isTTY) return null
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    // A question that nobody will answer, after Ctrl+D, is never settled.
    const closed = once(terminal, 'close').then(() => null)
    return {
      ask: (question) => Promise.race([terminal.question(question).catch(() => null), closed]),
      close: () => terminal.close(),
    }
  },
}

/** Runs `istmo join`. Returns the exit code. */
export function runJoin(args: readonly string[], world: JoinWorld = PROCESS_WORLD): Promise<number> {
  return executeCommand(JOIN, args, (line) => join(line, world), world.streams)
}

async function join(line: CommandLine<typeof JOIN>, world: JoinWorld): Promise<number> {
  const root = resolve(world.cwd(), line.folder ?? '.')
  const given = locateFiles(readFlags(line), world)
  if (line.probe !== undefined) rejectWithProbe(line, given)
  const read = line.answers === undefined ? null : await readAnswersFile(resolve(world.cwd(), line.answers))
  const kept = line.lang ?? read?.lang ?? (await readFolderLanguage(root))
  const language = kept ?? chooseLanguage(undefined, world.env)
  if (line.probe !== undefined) return probeAndPrint(root, line.probe, { isJson: false, language }, world.streams)
  const fromFile = locateFiles(read?.answers ?? {}, world)
  const all = await joinAnswers(root, { ...fromFile, ...given }, language)
  const terminal = line.yes ? null : world.openTerminal()
  const say = joinWords(language)
  const { out, err } = world.streams
  try {
    if (terminal !== null) err.write(`${say('intro')}\n`)
    const answers = locateFiles(await completeAnswers(all, terminal?.ask ?? null, language), world)
    const options = { language, now: world.now(), given: { ...fromFile, ...given } }
    const { written, cutOff } = await makeCountryFolder(root, answers, options)
    out.write(`${describeFiles(written, answers.country, language).join('\n')}\n`)
    for (const file of cutOff) err.write(`${say('cutOff', { file })}\n`)
    return 0
  } finally {
    terminal?.close()
  }
}

function readFlags(line: CommandLine<typeof JOIN>): GivenAnswers {
  const values = line as GivenAnswers
  return Object.fromEntries(ANSWER_KEYS.filter((key) => values[key] !== undefined).map((key) => [key, values[key]]))
}

function rejectWithProbe({ yes, answers }: CommandLine<typeof JOIN>, given: GivenAnswers): void {
  const [key] = ANSWER_KEYS.filter((each) => given[each] !== undefined)
  const other = key === undefined ? (answers === undefined ? (yes ? 'yes' : null) : 'answers') : ANSWER_SPECS[key].flag
  if (other !== null) throw new UsageError(`expected nothing besides --probe and --lang; came --${other}`)
}

/** Makes paths absolute from where the command was typed, as answers.yaml keeps them. */
function locateFiles<Given extends GivenAnswers | Answers>(given: Given, { cwd }: JoinWorld): Given {
  const located: Partial<Record<AnswerKey, string>> = {}
  for (const key of ['gatewayKeys', 'gatewayCa'] as const) {
    const path = given[key]
    if (path !== undefined && path !== '' && !/^https?:/i.test(path)) located[key] = resolve(cwd(), path)
  }
  return { ...given, ...located }
}

function describeFiles(written: readonly WrittenFile[], country: string, language: Language): readonly string[] {
  const say = joinWords(language)
  const isRenewed = ({ state }: WrittenFile): boolean => state === 'RENEWED'
  const lines = written
    .filter((file) => !isRenewed(file))
    .map(({ path, state }) => say(state === 'MADE' ? 'made' : 'kept', { path }))
  const paths = written.filter(isRenewed).map(({ path }) => path)
  if (paths.length > 0) lines.push(say('renewed', { paths: paths.join(', ') }))
  const suspender = KEY_FILES.suspender(country)
  if (written.some(({ path, state }) => path === suspender && state === 'MADE'))
    lines.push(say('keyMoved', { path: suspender }))
  return [...lines, say('done')]
}
