import { chmod, readFile, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { generateSignerKey, parseSignerKey, parseVerifierKey, SIGNATURE_TYPES } from '../audit/note/key.ts'
import { parsePolicy } from '../audit/note/policy.ts'
import { createWitness, createWitnessServer } from '../audit/witness/witness.ts'
import { EXIT_USAGE, UsageError } from '../service/usage-error.ts'

/** What the command takes, for its error messages. */
const WITNESS_USAGE = `istmo witness --key FILE --folder DIR (--log VKEY … | --policy FILE) [--port N] [--host H] [--config FILE]
istmo witness --new-key NAME --key FILE   makes a witness' key and prints its verifier key`

/** A witness' settings. The configuration file is YAML with these keys, and flags come before it. */
const settingsSchema = z.strictObject({
  /** The file with its signer key, `PRIVATE+KEY+…`, of the type for cosignatures. */
  key: z.string().min(1),
  /** Where it remembers the last head that it cosigned of each log. One process at a time. */
  folder: z.string().min(1),
  /** Verifier keys of the logs that it watches; a key's name is its log's origin. */
  logs: z.array(z.string()).default([]),
  /** A trust policy (C2SP tlog-policy) whose logs it watches too. */
  policy: z.string().min(1).optional(),
  /** The port it listens on; 0: one that is free. */
  port: z.coerce.number().int().min(0).max(65_535).default(4106),
  /** The address it listens on. */
  host: z.string().min(1).default('127.0.0.1'),
})

/** A witness' settings, read. */
export type WitnessSettings = z.infer<typeof settingsSchema>

/** A witness that listens. */
export interface RunningWitness {
  readonly url: string
  /** Lets requests under way end and gives the folder free. */
  readonly close: () => Promise<void>
}

/**
 * `istmo witness`: runs a witness (C2SP tlog-witness) until a signal ends it. What is wrong is said on standard error, with exit code
 * 2 for a setting and 1 for anything else.
 */
export async function runWitness(args: readonly string[]): Promise<void> {
  try {
    const made = await makeKey(args)
    if (made !== undefined) return void process.stdout.write(`${made}\n`)
    const witness = await startWitness(
      await readWitnessSettings(args),
      (line) => void process.stderr.write(`${line}\n`),
    )
    process.stdout.write(`Witness listens on ${witness.url}/\n`)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void witness.close().finally(() => process.exit(0)))
    }
  } catch (error) {
    process.stderr.write(`istmo witness: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = error instanceof UsageError ? EXIT_USAGE : 1
  }
}

/** Reads flags and the file that `--config` names. @throws {UsageError} naming the setting. */
export async function readWitnessSettings(args: readonly string[]): Promise<WitnessSettings> {
  const { config, log, ...flags } = parseFlags(args)
  const file = config === undefined ? {} : parseYaml(await readSetting('--config', config))
  const parsed = settingsSchema.safeParse({ ...file, ...flags, ...(log !== undefined && { logs: log }) })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(`${issue?.path.join('.') || 'the configuration'}: ${issue?.message}\n${WITNESS_USAGE}`)
}

/** Starts a witness. `say` is told, a line each, of what it refused and what failed. Rejects where it cannot start. */
export async function startWitness(settings: WitnessSettings, say: (line: string) => void): Promise<RunningWitness> {
  const { host, port } = settings
  const logs = [...settings.logs.map(parseVerifierKey), ...(await policyLogs(settings.policy))]
  if (logs.length === 0)
    throw new UsageError(`expected logs to watch, by --log or --policy; came none\n${WITNESS_USAGE}`)
  const signer = parseSignerKey((await readSetting('key', settings.key)).trim())
  const witness = await createWitness({
    folder: settings.folder,
    signer,
    logs,
    onConflict: ({ status, why }, checkpoint) => say(`refused (${status}): ${why}; its log signed:\n${checkpoint}`),
  })
  const server = createWitnessServer(witness, (error) => say(`failed: ${(error as Error).message}`))
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  } catch (error) {
    await witness.close()
    throw new Error(`${host}:${port}: cannot be listened on (${(error as NodeJS.ErrnoException).code})`)
  }
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      await closed
      await witness.close()
    },
  }
}

function parseFlags(args: readonly string[]) {
  const text = { type: 'string' } as const
  const options = { config: text, key: text, folder: text, policy: text, port: text, host: text } as const
  try {
    return parseArgs({ args: [...args], options: { ...options, log: { type: 'string', multiple: true } } }).values
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${WITNESS_USAGE}`)
  }
}

/** `--new-key NAME --key FILE`; undefined where that is not asked for. An existing file is never written over. */
async function makeKey(args: readonly string[]): Promise<string | undefined> {
  if (!args.includes('--new-key')) return undefined
  const text = { type: 'string' } as const
  const { values } = parseArgs({ args: [...args], options: { 'new-key': text, key: text } })
  const { key, 'new-key': name } = values
  if (key === undefined || name === undefined) throw new UsageError(`expected NAME and --key FILE\n${WITNESS_USAGE}`)
  const skey = generateSignerKey(name, SIGNATURE_TYPES.cosignature)
  await writeFile(key, `${skey}\n`, { mode: 0o600, flag: 'wx' })
  await chmod(key, 0o600)
  return parseSignerKey(skey).verifier.vkey
}

async function policyLogs(path: string | undefined) {
  if (path === undefined) return []
  return parsePolicy(await readSetting('policy', path)).logs.map(({ verifier }) => verifier)
}

async function readSetting(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${setting}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}
