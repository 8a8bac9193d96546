import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { generateSignerKey, isKeyName, parseSignerKey, SIGNATURE_TYPES } from '../audit/note/key.ts'
import { rotateKeyFile } from '../audit/pseudonym/key-file.ts'
import { EXIT_USAGE, UsageError } from '../service/usage-error.ts'

const USAGE = `istmo keys NAME DIR      makes DIR/audit-log.key and DIR/audit-log-refs.json for the log NAME, as istmo.example/hn
istmo keys --rotate DIR   begins a new epoch of DIR/audit-log-refs.json; older refs stay findable`

/**
 * `istmo keys`: makes what a gateway or a node needs to record: the signer key of its log, and the keys of its pseudonyms. Prints
 * the verifier key, which goes into trust policies and the country's file. What is wrong is said on standard error, with exit code
 * 2 for the arguments and 1 for anything else.
 */
export async function runKeys(args: readonly string[], now: number): Promise<void> {
  try {
    process.stdout.write(`${await makeKeys(args, now)}\n`)
  } catch (error) {
    process.stderr.write(`istmo keys: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = error instanceof UsageError ? EXIT_USAGE : 1
  }
}

/** Makes the keys that the arguments ask for; gives what is to be said. Never replaces a signer key. */
export async function makeKeys(args: readonly string[], now: number): Promise<string> {
  const { rotate, positionals } = parse(args)
  const folder = positionals.at(-1) ?? ''
  const refs = join(folder, 'audit-log-refs.json')
  if (rotate) {
    await readFile(refs)
    const { epochs } = await rotateKeyFile(refs, now)
    return `epoch ${epochs.at(-1)?.epoch} of ${refs}; restart what reads it`
  }
  const [name = ''] = positionals
  if (!isKeyName(name)) throw new UsageError(`expected a log's name without white space and plus\n${USAGE}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const key = generateSignerKey(name, SIGNATURE_TYPES.ed25519)
  // What was signed with a key must stay checkable: one that is there is not written over.
  await writeFile(join(folder, 'audit-log.key'), `${key}\n`, { mode: 0o600, flag: 'wx' })
  await rotateKeyFile(refs, now)
  return parseSignerKey(key).verifier.vkey
}

function parse(args: readonly string[]): { readonly rotate: boolean; readonly positionals: readonly string[] } {
  try {
    const options = { rotate: { type: 'boolean', default: false } } as const
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    if (positionals.length === (values.rotate ? 1 : 2)) return { rotate: values.rotate, positionals }
  } catch {
    // What is said below is more to the point.
  }
  throw new UsageError(`expected other arguments\n${USAGE}`)
}
