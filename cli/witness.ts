import { chmod, stat, writeFile } from 'node:fs/promises'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import {
  generateSignerKey,
  type NoteVerifier,
  parseSignerKey,
  parseVerifierKey,
  SIGNATURE_TYPES,
} from '../audit/note/key.ts'
import { parseRotation } from '../audit/note/rotation.ts'
import { createWitness, createWitnessServer, type Witness } from '../audit/witness/witness.ts'
import { parseFile, readPolicy, readText } from '../auditors/inputs.ts'
import { runCommand } from '../service/command-line.ts'
import type { CommandLine } from '../service/command-spec.ts'
import { LIST, optionOf, SWITCH, TEXT } from '../service/command-texts.ts'
import { formatOrigin, listen, stopServer } from '../service/http/listen.ts'
import { describeOpenSecret, isSecretOpen } from '../service/private-files.ts'
import { UsageError } from '../service/usage-error.ts'
import { watchFiles } from '../service/watch-files.ts'
import { readYamlFile } from '../service/yaml-file.ts'
import { CLI_TEXTS } from './texts.ts'

const WITNESS = CLI_TEXTS.declare('witness', {
  options: {
    key: TEXT,
    folder: TEXT,
    logs: { flag: 'log', ...LIST },
    policy: TEXT,
    rules: TEXT,
    rotations: { flag: 'rotation', ...LIST },
    port: TEXT,
    host: TEXT,
    configs: { flag: 'config', ...LIST },
    development: SWITCH,
    newKey: TEXT,
  },
})

/** The settings of a witness. The configuration file is YAML with these keys, and flags take precedence over it. */
const settingsSchema = z.strictObject({
  /** The file with the witness's signer key, `PRIVATE+KEY+…`, of the type for cosignatures. */
  key: z.string().min(1),
  /** The folder in which it stores the last head of each log that it cosigned. Only one process at a time can use it. */
  folder: z.string().min(1),
  /** The verifier keys of the logs that it watches. The name of a key is the origin of its log. */
  logs: z.array(z.string()).default([]),
  /** A trust policy (C2SP tlog-policy). The witness also watches its logs. */
  policy: z.string().min(1).optional(),
  /** A country's file. The witness also watches the logs of the authorities in its `callers`. */
  rules: z.string().min(1).optional(),
  /** The proofs of rotations of the logs' keys: paths of files. */
  rotations: z.array(z.string()).default([]),
  /** Accepts a trust policy that one captured witness breaks. */
  development: z.boolean().default(false),
  /** The port to listen on; 0 takes a free one. */
  port: z.coerce.number().int().min(0).max(65_535).default(4106),
  /** The address to listen on. */
  host: z.string().min(1).default('127.0.0.1'),
})

/** The settings of a witness, after they were checked. */
export type WitnessSettings = z.infer<typeof settingsSchema>

/** A witness that listens. */
export interface RunningWitness {
  readonly url: string
  /** Lets running requests finish, and releases the folder. */
  readonly close: () => Promise<void>
}

/** Runs `istmo witness`: starts a witness (C2SP tlog-witness), which a signal ends, or makes its key. Resolves when it listens. */
export async function runWitness(args: readonly string[]): Promise<void> {
  await runCommand(WITNESS, args, async (line) => {
    if (line.newKey !== undefined) return void process.stdout.write(`${await makeKey(line.newKey, line.key)}\n`)
    const say = (text: string) => void process.stderr.write(`${text}\n`)
    const running: RunningWitness[] = []
    for (const settings of await readAllSettings(line)) running.push(await startWitness(settings, say))
    process.stdout.write(running.map(({ url }) => `Witness listens on ${url}/\n`).join(''))
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void Promise.all(running.map(({ close }) => close())).finally(() => process.exit(0)))
    }
  })
}

/** Reads the settings of each witness that the process runs: one for each `--config`, or one from the flags. */
function readAllSettings(line: CommandLine<typeof WITNESS>): Promise<readonly WitnessSettings[]> {
  const { configs, development, ...flags } = line
  if (configs.length <= 1) return Promise.all([readWitnessSettings(line, configs[0])])
  if (Object.values(flags).some((value) => value !== undefined && (!Array.isArray(value) || value.length > 0))) {
    throw new UsageError('--config: expected no other flags beside several configuration files; came some')
  }
  return Promise.all(configs.map((config) => readWitnessSettings(line, config)))
}

/**
 * Reads the settings from the flags and from the file that `--config` names.
 * @throws {UsageError} if a setting is missing or wrong. The message names it.
 */
async function readWitnessSettings(
  { configs: _configs, logs, rotations, newKey: _, development, ...flags }: CommandLine<typeof WITNESS>,
  config: string | undefined,
): Promise<WitnessSettings> {
  const file: unknown = config === undefined ? {} : parseYaml(await readSetting('--config', () => readText(config)))
  const given = Object.fromEntries(
    Object.entries({ ...flags, ...(development && { development }) }).filter(([, value]) => value !== undefined),
  )
  const parsed = settingsSchema.safeParse({ ...Object(file), ...given, ...listsOf({ logs, rotations }) })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const key = String(issue?.path[0] ?? '')
  const option = optionOf(WITNESS, key)
  if (option === undefined || option.expected === undefined)
    throw new UsageError(`${config ?? 'the settings'}: ${issue?.message}`)
  const value = given[key] ?? Object(file)[key]
  const came = value === undefined ? 'nothing' : JSON.stringify(value)
  throw new UsageError(`--${option.flag}: expected ${option.expected}; came ${came}`)
}

/** Returns the lists that the command line has. An empty one does not replace the list of the configuration file. */
function listsOf(lists: Readonly<Record<string, readonly string[]>>) {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0))
}

/**
 * Starts a witness. Rejects if it cannot start.
 * @param say called with one line for each checkpoint that the witness rejected, and for each failure.
 */
export async function startWitness(settings: WitnessSettings, say: (line: string) => void): Promise<RunningWitness> {
  const { host, port } = settings
  const { policy: path, development } = settings
  const policy = path === undefined ? undefined : await readSetting('--policy', () => readPolicy(path, development))
  const named = [...settings.logs.map(parseVerifierKey), ...(policy?.logs ?? []).map(({ verifier }) => verifier)]
  const { rules } = settings
  // A country that joins believes nobody yet. Its witness is there before its first partner is.
  if (named.length === 0 && rules === undefined)
    throw new UsageError(`expected logs to watch, from --log, --policy or --rules; came nothing`)
  const readLogs = async () => [...named, ...(rules === undefined ? [] : await readLogsOfCallers(rules))]
  const signer = parseSignerKey((await readKeyFile(settings.key)).trim())
  const witness = await createWitness({
    folder: settings.folder,
    signer,
    logs: await readLogs(),
    others: (policy?.witnesses ?? []).map(({ verifier }) => verifier),
    rotations: await Promise.all(
      settings.rotations.map((file) => readSetting('--rotation', () => parseFile(file, parseRotation))),
    ),
    onConflict: ({ status, why }, checkpoint) => say(`rejected (${status}): ${why}; the log signed:\n${checkpoint}`),
    onWrongClock: (why) => say(`cosigns nothing: ${why}`),
  })
  const unwatch = rules === undefined ? () => undefined : followRules(rules, { witness, readLogs, say })
  const server = createWitnessServer(witness, (error) => say(`failed: ${(error as Error).message}`))
  const address = await listen(server, host, port).catch(async (error: unknown) => {
    unwatch()
    await witness.close()
    throw error
  })
  return {
    url: formatOrigin('http', host, address.port),
    close: async () => {
      unwatch()
      await stopServer(server)
      await witness.close()
    },
  }
}

const callersOfRules = z.looseObject({ callers: z.array(z.looseObject({ log: z.string() })).default([]) })

/** Reads the keys of the logs of the authorities that a country's file names. The rest of the file is the node's business. */
async function readLogsOfCallers(file: string): Promise<readonly NoteVerifier[]> {
  const { callers } = await readYamlFile(file, callersOfRules, { remedy: 'docs/access.md describes `callers`.' })
  return readSetting(`--rules: ${file}`, async () => callers.map(({ log }) => parseVerifierKey(log)))
}

interface FollowedRules {
  readonly witness: Pick<Witness, 'watch'>
  readonly readLogs: () => Promise<readonly NoteVerifier[]>
  readonly say: (line: string) => void
}

/** Watches the logs of the country's file as it is now. A file that cannot be used changes nothing. @returns what ends it. */
function followRules(file: string, { witness, readLogs, say }: FollowedRules): () => void {
  const follow = async (): Promise<void> => {
    const logs = await readLogs()
    witness.watch(logs)
    say(`watches ${logs.length === 0 ? 'no log' : logs.map(({ name }) => name).join(', ')}`)
  }
  const onChange = (): void => void follow().catch((error: Error) => say(`kept the logs: ${error.message}`))
  const log = { warn: () => say(`cannot notice changes of ${file}; start again after them`) }
  return watchFiles({ file, folder: null }, onChange, log)
}

/** Makes the key of a witness and returns the verifier key. Never overwrites an existing file. */
async function makeKey(name: string, file: string | undefined): Promise<string> {
  if (file === undefined) throw new UsageError(`--key: expected ${optionOf(WITNESS, 'key')?.expected}; came nothing`)
  const key = generateSignerKey(name, SIGNATURE_TYPES.cosignature)
  await writeFile(file, `${key}\n`, { mode: 0o600, flag: 'wx' })
  await chmod(file, 0o600)
  return parseSignerKey(key).verifier.vkey
}

/** Reads the file of the witness's key. Rejects if other users may use the file. */
async function readKeyFile(path: string): Promise<string> {
  const text = await readSetting('--key', () => readText(path))
  if (!isSecretOpen(await stat(path))) return text
  const { danger, remedy } = describeOpenSecret('--key', path)
  throw new UsageError(`${danger}. ${remedy}`)
}

/** Reads a file that a setting names. @throws {UsageError} that names the setting and the file. */
async function readSetting<Value>(setting: string, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read()
  } catch (error) {
    throw new UsageError(`${setting}: ${(error as Error).message}`)
  }
}
