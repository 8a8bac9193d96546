import { readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SuspendedKind } from '../contract/trust/suspended-kinds.ts'
import { readSuspension, type SuspendedWhat } from '../contract/trust/suspension.ts'
import type { Say } from '../contract/words.ts'
import { type CommandStreams, executeCommand } from '../service/command-line.ts'
import type { CommandLine, OptionShape } from '../service/command-spec.ts'
import { NEEDED, NEEDED_LIST, optionOf, SWITCH, TEXT } from '../service/command-texts.ts'
import { LANG_OR_SPANISH_OPTIONS, spokenLanguage } from '../service/lang-option.ts'
import {
  deliverSuspension,
  findRefusal,
  isWaiting,
  readSuspensionFolder,
  type SuspensionFolder,
} from '../service/suspensions/suspensions.ts'
import { askOnTerminal } from '../service/terminal.ts'
import { EXIT_FAILED, EXIT_NOT_IN_EFFECT, UsageError } from '../service/usage-error.ts'
import { readSuspenderKey, signSuspension } from './sign-suspension.ts'
import { CLI_TEXTS } from './texts.ts'
import { cliWords } from './words.ts'

/** The option of each kind. */
export const WHAT_OPTIONS = {
  country: TEXT,
  domain: TEXT,
  coordinate: { flag: 'field' },
  agency: TEXT,
  authority: TEXT,
  task_force: { flag: 'task-force' },
  officer: TEXT,
  token: TEXT,
  key: TEXT,
  mandate: TEXT,
} as const satisfies Record<SuspendedKind, OptionShape>

const OPTIONS = {
  ...WHAT_OPTIONS,
  reason: NEEDED,
  keyFile: NEEDED,
  signer: TEXT,
  folder: NEEDED_LIST,
  yes: SWITCH,
  ...LANG_OR_SPANISH_OPTIONS,
} as const

const SUSPEND = CLI_TEXTS.declare('suspend', { options: OPTIONS })
const RESUME = CLI_TEXTS.declare('resume', { options: OPTIONS })

/** What the commands take from outside. */
export interface SuspendWorld {
  readonly now: () => number
  readonly streams: CommandStreams
  /** How long the command waits for a process to take a statement, in milliseconds. A process takes it within half a second. */
  readonly patienceMs: number
  /** Asks a person, and returns the answer; null if nobody can be asked. */
  readonly ask: (question: string) => Promise<string | null>
}

/** The terminal of this process. */
export const TERMINAL: SuspendWorld = {
  now: Date.now,
  streams: { out: process.stdout, err: process.stderr },
  patienceMs: 3_000,
  ask: askOnTerminal,
}

/**
 * Runs `istmo suspend` or `istmo resume`. The exit code is 1 if a process refused the statement or it was not confirmed, and
 * {@link EXIT_NOT_IN_EFFECT} if no process refused it but one has not taken it yet.
 */
export async function runSuspend(
  action: 'suspend' | 'resume',
  args: readonly string[],
  world: SuspendWorld = TERMINAL,
): Promise<void> {
  const spec = action === 'suspend' ? SUSPEND : RESUME
  const code = await executeCommand(spec, args, (line) => deliver(action, line, world), world.streams)
  if (code !== 0) process.exitCode = code
}

/** Signs what a command line says, and gives it to each process. Returns the exit code. */
async function deliver(
  action: 'suspend' | 'resume',
  line: CommandLine<typeof SUSPEND>,
  world: SuspendWorld,
): Promise<number> {
  const say = cliWords(spokenLanguage('es'))
  const { kind, value, what } = readWhat(line)
  const key = await readSuspenderKey(line.keyFile, line.signer)
  if (action === 'suspend' && kind === 'country' && !line.yes) {
    const answer = await world.ask(say('suspend.question', { code: value }))
    if (answer?.trim().toUpperCase() !== value) {
      print(world, say('suspend.notConfirmed'))
      return EXIT_FAILED
    }
  }
  await Promise.all(line.folder.map(checkFolder))
  const read = await Promise.all(line.folder.map(readSuspensionFolder))
  const highest = Math.max(0, ...read.map(({ seqs }) => seqs.get(key.name) ?? 0))
  // The time, so that numbers of one person grow also across folders; and more than the last one, in case that the clock was set back.
  const seq = Math.max(world.now(), highest + 1)
  const iat = Math.floor(world.now() / 1_000)
  const statement = signSuspension(key, { seq, iat, action, what, reason: line.reason })
  readForm(statement, { kind, value })
  const shown = `${say(`suspend.kinds.${kind}`)} ${value}`
  const given = await Promise.all(
    line.folder.map((folder, at) => {
      const suspended = listSuspended(read[at])
      const isNeeded = action === 'suspend' || suspended.some((each) => each.kind === kind && each.value === value)
      const others =
        suspended.map((each) => `${say(`suspend.kinds.${each.kind}`)} ${each.value}`).join(', ') ||
        say('suspend.noOthers')
      const about = { what: shown, folder }
      const done = isNeeded ? say(`suspend.done.${action}`, about) : say('suspend.wasNot', { ...about, others })
      return giveTo(folder, statement, { done, say, world })
    }),
  )
  if (given.includes('TAKEN')) world.streams.err.write(`${say('suspend.onlyHere')}\n`)
  if (given.includes('REFUSED')) return EXIT_FAILED
  return given.includes('WAITING') ? EXIT_NOT_IN_EFFECT : 0
}

function print({ streams }: SuspendWorld, line: string): void {
  streams.out.write(`${line}\n`)
}

/** Finds the one thing that the options name. @throws {UsageError} if they name none, or several. */
function readWhat(line: CommandLine<typeof SUSPEND>) {
  const kinds = Object.keys(WHAT_OPTIONS) as SuspendedKind[]
  const given = kinds.flatMap((kind) => (line[kind] === undefined ? [] : [{ kind, value: line[kind] }]))
  const [one] = given
  if (one === undefined || given.length > 1) {
    const flags = kinds.map((kind) => `--${optionOf(SUSPEND, kind)?.flag}`)
    throw new UsageError(`expected exactly one of ${flags.join(', ')}; came ${given.length}`)
  }
  return { ...one, what: { [one.kind]: one.value } as unknown as SuspendedWhat }
}

/** Checks a statement as its readers do, so that a wrong value is found before it is given to anybody. */
function readForm(statement: string, { kind, value }: { readonly kind: SuspendedKind; readonly value: string }): void {
  try {
    readSuspension(statement)
  } catch (error) {
    const { message } = error as Error
    const option = optionOf(SUSPEND, kind)
    if (!message.includes('«what')) throw new UsageError(message)
    throw new UsageError(`--${option?.flag}: expected ${option?.meaning}; came ${value}`)
  }
}

/**
 * A statement in a folder that no process reads stops nothing, and a mistyped path is such a folder. A folder that is empty may be one for the
 * first start.
 * @throws {UsageError} if the folder is not there, or has other files.
 */
async function checkFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => null)
  if (names !== null && (names.length === 0 || names.includes('inbox'))) return
  const came = names === null ? 'no folder' : 'a folder of something else'
  throw new UsageError(
    `--folder: expected ${folder} to be the folder that a process has as --suspensions; it is ${came}. Nothing was stopped`,
  )
}

/** Lists what is suspended in a folder, or will be when its process takes what waits. */
function listSuspended(
  read: SuspensionFolder | undefined,
): readonly { readonly kind: SuspendedKind; readonly value: string }[] {
  const waiting = read?.waiting.filter(({ claims }) => claims.action === 'suspend') ?? []
  return [...(read?.inForce ?? []), ...waiting]
}

interface Giving {
  /** What is said when the process has taken it. */
  readonly done: string
  readonly say: Say
  readonly world: SuspendWorld
}

/** Gives a statement to a process, and waits until it was taken or refused. `WAITING`: neither happened in time. */
async function giveTo(
  folder: string,
  statement: string,
  { done, say, world }: Giving,
): Promise<'TAKEN' | 'REFUSED' | 'WAITING'> {
  const name = await deliverSuspension(folder, statement)
  const until = performance.now() + world.patienceMs
  while (await isWaiting(folder, name)) {
    if (performance.now() > until) {
      print(world, say('suspend.waiting', { folder }))
      return 'WAITING'
    }
    await sleep(50)
  }
  const reason = await findRefusal(folder, name)
  print(world, reason === null ? done : say('suspend.refused', { folder, reason }))
  return reason === null ? 'TAKEN' : 'REFUSED'
}

const LISTING = CLI_TEXTS.declare('suspensions', {
  arguments: { folder: TEXT },
  options: { json: SWITCH, ...LANG_OR_SPANISH_OPTIONS },
})

/** Runs `istmo suspensions`. */
export async function runSuspensions(
  args: readonly string[],
  { streams }: Pick<SuspendWorld, 'streams'> = TERMINAL,
): Promise<void> {
  const code = await executeCommand(LISTING, args, ({ folder, json }) => list(folder, json, streams), streams)
  if (code !== 0) process.exitCode = code
}

async function list(folder: string, json: boolean, { out }: CommandStreams): Promise<void> {
  const say = cliWords(spokenLanguage('es'))
  const { inForce, waiting } = await readSuspensionFolder(folder)
  const nameOf = ({ kind, value }: { readonly kind: SuspendedKind; readonly value: string }) =>
    `${say(`suspend.kinds.${kind}`)} ${value}`
  const lines = json
    ? [JSON.stringify({ inForce, waiting: waiting.map(({ claims }) => claims) })]
    : [
        ...inForce.map(({ since, by, reason, ...each }) => {
          const time = new Date(since * 1_000).toISOString()
          return say('suspend.line', { what: nameOf(each), since: time, by, reason })
        }),
        ...waiting.map(({ claims, ...each }) =>
          say(`suspend.waitingLine.${claims.action}`, { what: nameOf(each), by: claims.iss }),
        ),
      ]
  out.write(`${(lines.length === 0 ? [say('suspend.nothing', { folder })] : lines).join('\n')}\n`)
}
