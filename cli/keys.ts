import { generateKeyPairSync, hash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { generateSignerKey, isKeyName, parseSignerKey, SIGNATURE_TYPES } from '../audit/note/key.ts'
import { rotateKeyFile } from '../audit/pseudonym/key-file.ts'
import { parseCommandLine, runCommand } from '../service/command-line.ts'
import type { CommandLine } from '../service/command-spec.ts'
import { TEXT } from '../service/command-texts.ts'
import { UsageError } from '../service/usage-error.ts'
import { CLI_TEXTS } from './texts.ts'

const KEYS = CLI_TEXTS.declare('keys', {
  arguments: {
    name: { isOptional: true },
    folder: { isOptional: true },
  },
  options: {
    rotate: TEXT,
    suspender: TEXT,
    leg: TEXT,
  },
})

/** Runs `istmo keys`: makes the keys of an audit log and prints the verifier key, or begins a new epoch of its refs. */
export async function runKeys(args: readonly string[], now: number): Promise<void> {
  await runCommand(KEYS, args, async (line) => void process.stdout.write(`${await makeOrRotate(line, now)}\n`))
}

/**
 * Makes the keys that the arguments name. Never replaces a signer key.
 * @param now milliseconds since the epoch.
 * @returns the line to print: the verifier key, or the new epoch.
 * @throws {UsageError} if the arguments are wrong.
 */
export async function makeKeys(args: readonly string[], now: number): Promise<string> {
  return makeOrRotate(parseCommandLine(KEYS, args), now)
}

async function makeOrRotate(line: CommandLine<typeof KEYS>, now: number): Promise<string> {
  const { name, folder, rotate, leg, suspender } = line
  if (suspender !== undefined) return makeSuspenderKey(line)
  if (leg !== undefined) {
    if (name !== undefined || rotate !== undefined) {
      throw new UsageError(
        `expected nothing besides --leg; came ${name === undefined ? '--rotate' : JSON.stringify(name)}`,
      )
    }
    return makeLegKey(leg)
  }
  if (rotate !== undefined) {
    if (name !== undefined) throw new UsageError(`expected no argument besides --rotate; came ${JSON.stringify(name)}`)
    const refs = join(rotate, 'audit-log-refs.json')
    await readFile(refs)
    const { epochs } = await rotateKeyFile(refs, now)
    return `epoch ${epochs.at(-1)?.epoch} of ${refs}; restart the processes that read it`
  }
  if (name === undefined || !isKeyName(name)) {
    const came = name === undefined ? 'nothing' : JSON.stringify(name)
    throw new UsageError(`<name>: expected a log’s name without white space or a plus sign; came ${came}`)
  }
  if (folder === undefined) throw new UsageError('<folder>: expected the path of the folder of the keys; came nothing')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const key = generateSignerKey(name, SIGNATURE_TYPES.ed25519)
  // Signatures of a key must remain verifiable, so an existing key is not overwritten.
  await writeFile(join(folder, 'audit-log.key'), `${key}\n`, { mode: 0o600, flag: 'wx' })
  await rotateKeyFile(join(folder, 'audit-log-refs.json'), now)
  return parseSignerKey(key).verifier.vkey
}

/** Makes the key of a gateway's leg tokens: an Ed25519 JWK (RFC 8037), and a key set with its public part. Never replaces a key. */
async function makeLegKey(folder: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { d, x } = privateKey.export({ format: 'jwk' })
  const publicPart = { kty: 'OKP', crv: 'Ed25519', x }
  // RFC 7638: the members in this order, without white space.
  const kid = hash('sha256', JSON.stringify({ crv: publicPart.crv, kty: publicPart.kty, x }), 'base64url')
  const named = { ...publicPart, kid, alg: 'EdDSA', use: 'sig' }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, 'leg.jwk.json'), `${JSON.stringify({ ...named, d })}\n`, { mode: 0o600, flag: 'wx' })
  await writeFile(join(folder, 'leg.jwks.json'), `${JSON.stringify({ keys: [named] })}\n`)
  return kid
}

/** Makes the key of somebody who may suspend. Never replaces a key. Returns the line for the list `suspenders` of a country's file. */
async function makeSuspenderKey({ name, folder, rotate, leg, suspender }: CommandLine<typeof KEYS>): Promise<string> {
  if (folder !== undefined || rotate !== undefined || leg !== undefined || suspender === undefined) {
    throw new UsageError('expected a name and --suspender, and nothing else')
  }
  if (name === undefined || !/^[A-Za-z0-9][\w.-]{0,99}$/.test(name)) {
    const came = name === undefined ? 'nothing' : JSON.stringify(name)
    throw new UsageError(`<name>: expected the suspender’s name: letters, digits, dots and dashes; came ${came}`)
  }
  const { privateKey } = generateKeyPairSync('ed25519')
  const { kty, crv, x, d } = privateKey.export({ format: 'jwk' })
  await mkdir(suspender, { recursive: true, mode: 0o700 })
  const key = `${JSON.stringify({ kty, crv, x, d, name })}\n`
  await writeFile(join(suspender, `${name}.jwk.json`), key, { mode: 0o600, flag: 'wx' })
  // YAML reads a name such as 2026 as a number, if it has no quotes.
  return `- { name: ${stringify(name).trim()}, key: { kty: ${kty}, crv: ${crv}, x: ${x} } }`
}
