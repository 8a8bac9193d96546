import { readdir } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Language } from '../../contract/language.ts'
import type { SuspendedKind } from '../../contract/trust/suspended-kinds.ts'
import { readSuspension, type SuspendedWhat } from '../../contract/trust/suspension.ts'
import { joiningEnvironment } from '../../joining/environment.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import type { CommandLine, CommandSpec, HelpNotes, OptionSpec } from '../../service/command-spec.ts'
import { chooseLineLanguage, LANG_OPTION, OLDER_LANG_OPTION } from '../../service/lang-option.ts'
import {
  deliverSuspension,
  findRefusal,
  isWaiting,
  readSuspensionFolder,
  type SuspensionFolder,
} from '../../service/suspensions/suspensions.ts'
import { EXIT_FAILED, EXIT_NOT_IN_EFFECT, UsageError } from '../../service/usage-error.ts'
import { readSuspenderKey, signSuspension } from './sign-suspension.ts'
import { type SaySuspension, suspendWords } from './words.ts'

/** The options of the commands about suspensions for their language. `--language` is the older name. */
export const LANGUAGE_OPTIONS = {
  lang: {
    ...LANG_OPTION,
    meaning: 'the language of what is printed: es or en; without it, that of LC_ALL, LC_MESSAGES or LANG, else es',
  },
  language: OLDER_LANG_OPTION,
} as const satisfies Readonly<Record<string, OptionSpec>>

/** Chooses the language of what a command about suspensions prints. Spanish if nothing names one. */
export function chooseSuspendLanguage(
  line: { readonly lang: Language | undefined; readonly language: Language | undefined },
  env: SuspendWorld['env'] = {},
): Language {
  return chooseLineLanguage(line, env, 'es')
}

/** The flag of each kind, its value and its meaning. */
const WHAT_OPTIONS = {
  country: { flag: 'country', value: 'code', meaning: 'all rows of this country' },
  domain: { flag: 'domain', value: 'name', meaning: 'a domain: cases, persons or legal' },
  coordinate: { flag: 'field', value: 'field', meaning: 'a field, such as Person.names' },
  agency: { flag: 'agency', value: 'name', meaning: 'the callers of an agency, such as GT-MP-FECO' },
  authority: { flag: 'authority', value: 'iss', meaning: 'all callers of a mandate authority, by its `iss`' },
  task_force: { flag: 'task-force', value: 'id', meaning: 'all who act for a task force' },
  officer: {
    flag: 'officer',
    value: 'ref',
    meaning: 'one officer, by the ref in this log, or by the `sub` of the tokens',
  },
  token: { flag: 'token', value: 'id', meaning: 'one token, by its `jti` or its SHA-256' },
  key: {
    flag: 'key',
    value: 'thumbprint',
    meaning: 'a key by its thumbprint (RFC 7638), or a certificate by its SHA-256',
  },
  mandate: { flag: 'mandate', value: 'hash', meaning: 'a mandate, by its hash' },
} as const satisfies Record<SuspendedKind, OptionSpec>

const OPTIONS = {
  ...WHAT_OPTIONS,
  reason: {
    flag: 'reason',
    value: 'text',
    isRequired: true,
    meaning: 'why, for those who read the log; without names of persons',
  },
  keyFile: {
    flag: 'key-file',
    value: 'file',
    isRequired: true,
    meaning: 'your key of `istmo keys NAME --suspender FOLDER`',
  },
  signer: {
    flag: 'signer',
    value: 'issuer',
    meaning: 'at an authority, if --key-file is the file of its signing keys: its issuer',
  },
  folder: {
    flag: 'folder',
    value: 'dir',
    isRequired: true,
    isRepeated: true,
    meaning: 'the folder of the process (its --suspensions); give it once for each process',
  },
  yes: { flag: 'yes', value: null, meaning: 'do not ask before a whole country is stopped' },
  ...LANGUAGE_OPTIONS,
} as const satisfies Readonly<Record<string, OptionSpec>>

/** What the exit codes of both commands mean, for scripts. */
const EXIT_NOTES = {
  'Exit codes': {
    0: 'in effect at each process',
    1: 'a process refused it, or it was not confirmed: look at the lines',
    2: 'an argument is wrong, and nothing changed',
    3: 'written down, but not in effect at some process yet: it does not run, or is slow',
  },
} as const satisfies HelpNotes

const SUSPEND = {
  name: 'istmo suspend',
  description:
    'Stops something at a node, a gateway or an authority, at once and without a restart: signs a statement with your key and gives it to ' +
    'the process. Gateways that follow a node apply it within two seconds. It stays until it is resumed.',
  options: OPTIONS,
  notes: EXIT_NOTES,
  examples: [
    {
      command: 'istmo suspend --agency GT-MP-FECO --reason "Oficio 41" --key-file hn.jwk.json --folder suspensions',
      meaning: 'Refuses all callers of this agency.',
    },
    {
      command: 'istmo suspend --country HN --reason "Incidente 7" --key-file hn.jwk.json --folder suspensions',
      meaning: 'Gives nobody anything of Honduras any more.',
    },
  ],
} as const satisfies CommandSpec

const RESUME = {
  name: 'istmo resume',
  description:
    'Ends a suspension. Only who suspended something, or the owner of the records (a country at its own node), can resume it.',
  options: OPTIONS,
  notes: EXIT_NOTES,
  examples: [
    {
      command: 'istmo resume --agency GT-MP-FECO --reason "Oficio 52" --key-file hn.jwk.json --folder suspensions',
      meaning: 'Answers the callers of this agency again.',
    },
  ],
} as const satisfies CommandSpec

/** What the commands take from outside. */
export interface SuspendWorld {
  readonly now: () => number
  readonly streams: CommandStreams
  /** How long the command waits for a process to take a statement, in milliseconds. A process takes it within half a second. */
  readonly patienceMs: number
  /** The environment, whose locale chooses the language. Default: it names none. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Asks a person, and returns the answer; null if nobody can be asked. */
  readonly ask: (question: string) => Promise<string | null>
}

/** The terminal of this process. */
export const TERMINAL: SuspendWorld = {
  now: Date.now,
  streams: { out: process.stdout, err: process.stderr },
  patienceMs: 3_000,
  env: joiningEnvironment(),
  async ask(question) {
    if (!process.stdin.isTTY) return null
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    return terminal.question(question).finally(() => terminal.close())
  },
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
  const say = suspendWords(chooseSuspendLanguage(line, world.env))
  const { kind, value, what } = readWhat(line)
  const key = await readSuspenderKey(line.keyFile, line.signer)
  if (action === 'suspend' && kind === 'country' && !line.yes) {
    const answer = await world.ask(say('question', { code: value }))
    if (answer?.trim().toUpperCase() !== value) {
      print(world, say('notConfirmed'))
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
  const shown = `${say(`kinds.${kind}`)} ${value}`
  const given = await Promise.all(
    line.folder.map((folder, at) => {
      const suspended = listSuspended(read[at])
      const isNeeded = action === 'suspend' || suspended.some((each) => each.kind === kind && each.value === value)
      const others = suspended.map((each) => `${say(`kinds.${each.kind}`)} ${each.value}`).join(', ') || say('noOthers')
      const about = { what: shown, folder }
      const done = isNeeded ? say(`done.${action}`, about) : say('wasNot', { ...about, others })
      return giveTo(folder, statement, { done, say, world })
    }),
  )
  if (given.includes('TAKEN')) world.streams.err.write(`${say('onlyHere')}\n`)
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
    const flags = Object.values(WHAT_OPTIONS).map(({ flag }) => `--${flag}`)
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
    const { flag, meaning } = WHAT_OPTIONS[kind]
    throw new UsageError(message.includes('«what') ? `--${flag}: expected ${meaning}; came ${value}` : message)
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
  readonly say: SaySuspension
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
      print(world, say('waiting', { folder }))
      return 'WAITING'
    }
    await sleep(50)
  }
  const reason = await findRefusal(folder, name)
  print(world, reason === null ? done : say('refused', { folder, reason }))
  return reason === null ? 'TAKEN' : 'REFUSED'
}
