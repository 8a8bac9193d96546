import { generateKeyPairSync } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse as parseYaml, stringify } from 'yaml'
import { z } from 'zod'
import { exists } from '../../audit/if-there.ts'
import { type KeyRotation, parseRotation } from '../../audit/note/rotation.ts'
import { readKeyFile, rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { ROTATION_REASONS } from '../../contract/audit-log/operator-entries.ts'
import { parseJson } from '../../contract/json-value.ts'
import { thumbprintOf } from '../../contract/trust/session-key.ts'
import { readLogSigner } from '../../service/audit-log/key-files.ts'
import { finishKeyReplacement, replaceLogKey } from '../../service/audit-log/replace-key.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandLine } from '../../service/command-spec.ts'
import { oneOf, SWITCH, TEXT } from '../../service/command-texts.ts'
import { readCountryFile } from '../../service/country-file.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { LANG_OPTION } from '../../service/lang-option.ts'
import { replaceFile } from '../../service/replace-file.ts'
import { EXIT_NOT_IN_EFFECT, UsageError } from '../../service/usage-error.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { readNodeKey } from '../../subgraphs/kit/question/pages.ts'
import { settingName } from '../../subgraphs/kit/settings.ts'
import { reasonOf } from '../check/finding.ts'
import { JOINING_TEXTS } from '../commands.ts'
import type { RunningProcess } from '../environment.ts'
import { askJson, askStatus, causeOf, isTaken } from './ask.ts'
import { ENV_OPTION, NODE_OPTIONS, readNodePlace } from './node-place.ts'
import { say } from './words.ts'

/**
 * Every kind of key around a node, in the order in which they are listed. `istmo keys rotate` replaces the first four itself, at the node. For each other it
 * says what to type, because another command replaces it, or another party has it.
 */
export const KEY_KINDS = [
  'node-key',
  'ref-keys',
  'gateway-key',
  'audit-log-key',
  'tls',
  'suspension-key',
  'database-password',
  'authority-key',
  'gateway-leg-key',
  'officer-keys',
] as const

type KeyKind = (typeof KEY_KINDS)[number]

const ROTATE = JOINING_TEXTS.declare('keys rotate', {
  arguments: { kind: { ...oneOf(KEY_KINDS), isOptional: true } },
  options: {
    env: ENV_OPTION,
    switch: SWITCH,
    add: TEXT,
    finish: SWITCH,
    reason: oneOf(ROTATION_REASONS),
    drop: TEXT,
    lang: LANG_OPTION,
    ...NODE_OPTIONS,
  },
})

/** How long the command waits for a node to use a new key, in milliseconds. A node reads changed files within a second. */
const PATIENCE_MS = 10_000

/** What was asked of the command, and the settings of the node. */
interface Rotation extends Pick<CommandLine<typeof ROTATE>, 'switch' | 'add' | 'drop' | 'finish' | 'reason'> {
  readonly config: NodeConfig
  readonly print: (text: string) => void
  readonly now: () => number
}

/** Runs `istmo keys rotate`. @returns the exit code. */
export function runRotateKeys(args: readonly string[], { env, now, streams }: RunningProcess): Promise<number> {
  return executeCommand(
    ROTATE,
    args,
    async ({ kind, switch: isSwitch, add, drop, finish, reason, ...line }) => {
      const print = (text: string): void => void streams.out.write(`${text}\n`)
      const wanted = { switch: isSwitch, add, drop, finish, reason }
      requireFitting(kind, wanted)
      if (kind === undefined) return print(KEY_KINDS.map((each) => describeKind(each)).join('\n\n'))
      const { config } = await readNodePlace(line, env)
      const rotation: Rotation = { ...wanted, config, print, now }
      if (kind === 'audit-log-key') return rotateLogKey(rotation)
      if (kind === 'gateway-key') return rotateGatewayKey(rotation)
      if (kind === 'ref-keys') return rotateEpoch(rotation)
      return kind === 'node-key' ? rotateNodeKey(rotation) : print(describeKind(kind, config))
    },
    streams,
  )
}

function requireFitting(
  kind: KeyKind | undefined,
  { switch: isSwitch, add, drop, finish, reason }: Omit<Rotation, 'config' | 'print' | 'now'>,
): void {
  if ((finish || reason !== undefined) && kind !== 'audit-log-key')
    throw new UsageError('--finish, --reason: expected them only with audit-log-key')
  if (finish && reason !== undefined)
    throw new UsageError('--finish, --reason: expected one of both; the reason belongs to the first step')
  if (isSwitch && kind !== 'node-key') throw new UsageError('--switch: expected it only with node-key')
  const count = [add, drop].filter((each) => each !== undefined).length
  if (count > 0 && kind !== 'gateway-key') throw new UsageError('--add, --drop: expected them only with gateway-key')
  if (kind === 'gateway-key' && count !== 1)
    throw new UsageError(`gateway-key: expected one of --add and --drop; came ${count === 0 ? 'none' : 'both'}`)
}

function describeKind(kind: KeyKind, { tlsCert, rules = 'RULES' }: Partial<NodeConfig> = {}): string {
  const tls = tlsCert === undefined ? 'TLS' : dirname(tlsCert)
  const [who = '', how = '', meanwhile = ''] = say(`kinds.${kind}`, { tls, rules }).split('\n')
  return `${kind}: ${who}\n  ${how.replaceAll('; ', '\n  ')}\n  ${meanwhile}`
}

/** Replaces the key of the node’s audit log, or finishes that. The node does it itself while it runs. */
async function rotateLogKey({ finish, reason = 'ROUTINE', config, print, now }: Rotation): Promise<void> {
  const { auditLogDir: home, country, rules } = config
  const keyFile = requireSet(config, 'auditLogKey')
  if (home === undefined)
    throw new UsageError(`${settingName('auditLogDir')}: expected the folder of the audit log; the node has none`)
  const work = { logs: [home], keyFile, now }
  if (finish) {
    await requireKnownKey(keyFile, config, print)
    const { vkey, isRunning } = await finishKeyReplacement(work)
    print(say('logKeyFinished', { vkey }))
    return print(say(isRunning ? 'inUse' : 'logNotRunning'))
  }
  const [replaced] = await replaceLogKey(work, reason)
  if (replaced === undefined) throw new TypeError('expected one log')
  const { rotation, proof, isNew, isRunning } = replaced
  print(say(isNew ? 'logKey' : 'logKeyBefore', { index: rotation.index }))
  print(say('sendProof', { vkey: rotation.newKey.vkey, proof, country }))
  if (isNew && rules !== undefined)
    print(say('nameProof', { rules, proof, ...(await nameRotation(rules, country, rotation)) }))
  print(say(isRunning ? 'inUse' : 'logNotRunning'))
}

/** Without the old key, nobody takes an answer of this node whose copy of the country's file does not lead to the new one. So the gateway is asked. */
async function requireKnownKey(
  keyFile: string,
  { rules, gatewayJwks: gateway, country }: NodeConfig,
  print: Rotation['print'],
): Promise<void> {
  const signer = await readLogSigner(keyFile)
  const { vkey } = (signer.next ?? signer).verifier
  if ((await leadsToLogKey(rules, vkey)) === false)
    throw new UsageError(say('logKeyUnknown', { rules: rules ?? '', vkey }))
  if (!/^https?:\/\//.test(gateway)) return print(say('gatewayNotAsked', { gateway }))
  const keys = await askForLogKeys(gateway, country).catch((error: unknown) => {
    throw new UsageError(say('gatewaySilent', { gateway, why: reasonOf(causeOf(error)) }))
  })
  if (keys === null) return print(say('gatewayNotAsked', { gateway }))
  if (!keys.includes(vkey)) throw new UsageError(say('gatewayUnaware', { gateway, vkey }))
  print(say('gatewayAware', { gateway }))
}

async function rotateGatewayKey({ add, drop = '', config, print }: Rotation): Promise<number> {
  const file = requireSet(config, 'gatewayJwks')
  if (/^https?:\/\//.test(file)) throw new UsageError(say('gatewayUrl', { url: file }))
  const ids = add === undefined ? await dropGatewayKey(file, drop) : await addGatewayKeys(file, add)
  print(say('gatewayKeys', { file, ids: ids.join(', ') }))
  const sorted = ids.toSorted().join(' ')
  return waitForUse(config, ({ gatewayKeys }) => gatewayKeys?.toSorted().join(' ') === sorted, print)
}

async function rotateEpoch({ config, print, now }: Rotation): Promise<number> {
  const epoch = await rotateRefKeys(requireSet(config, 'auditLogRefKeys'), now())
  print(say('epoch', { epoch }))
  return waitForUse(config, ({ refEpoch }) => refEpoch === epoch, print)
}

async function rotateNodeKey({ switch: isSwitch, config, print }: Rotation): Promise<number> {
  const file = requireSet(config, 'nodeKey')
  if (!isSwitch) {
    const { thumbprint, isNew } = await prepareNodeKey(file)
    print(say(isNew ? 'prepared' : 'preparedBefore'))
    print(say('sendThumbprint', { thumbprint, country: config.country }))
    return 0
  }
  const thumbprint = await switchNodeKey(file)
  print(say('switched', { thumbprint }))
  return waitForUse(config, ({ nodeKey }) => nodeKey === thumbprint, print)
}

function requireSet(config: NodeConfig, key: 'nodeKey' | 'auditLogRefKeys' | 'auditLogKey' | 'gatewayJwks'): string {
  const file = config[key]
  if (file === undefined) throw new UsageError(`${settingName(key)}: expected the file of the key; the node has none`)
  return file
}

const KEYS_STATUS = z.object({
  keys: z.object({
    nodeKey: z.string().nullable(),
    refEpoch: z.number().nullable(),
    gatewayKeys: z.array(z.string()).nullable(),
  }),
})

/** Waits until the node uses a new key, as its operator’s server shows it. Without that server, a person looks into the log. */
async function waitForUse(
  { operatorListen: operator }: NodeConfig,
  isUsed: (keys: z.infer<typeof KEYS_STATUS>['keys']) => boolean,
  print: Rotation['print'],
): Promise<number> {
  const end = (key: 'lookIntoLog' | 'notRunning' | 'inUse' | 'notInUse', code = 0): number => {
    print(say(key))
    return code
  }
  if (operator === null || operator.port === 0) return end('lookIntoLog')
  const until = performance.now() + PATIENCE_MS
  do {
    // A node that takes no connection does not run. One on a busy machine answers late, and is asked again.
    if (!(await isTaken(operator))) return end('notRunning')
    const status = await askStatus(operator, KEYS_STATUS)
    if (status !== null && isUsed(status.keys)) return end('inUse')
    await sleep(100)
  } while (performance.now() < until)
  return end('notInUse', EXIT_NOT_IN_EFFECT)
}

/** Replaces the keys of a node while it runs: each file is replaced in one step, and the node reads it again by itself. */

/** Returns the file of the key that will replace a node’s key. */
export function nextKeyFile(file: string): string {
  return `${file}.next`
}

/** Makes a private Ed25519 key as a JWK (RFC 8037). */
export function makeEd25519() {
  const { kty, crv, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return { kty, crv, x, d }
}

/**
 * Makes the key that will replace a node’s key, beside it, unless there is one. The node does not use it yet.
 * @returns the thumbprint, for `partners` in the files of other countries.
 */
export async function prepareNodeKey(file: string): Promise<{ readonly thumbprint: string; readonly isNew: boolean }> {
  await readNodeKey(file)
  const next = nextKeyFile(file)
  const isNew = !(await exists(next))
  if (isNew) {
    await writeFile(next, `${JSON.stringify(makeEd25519())}\n`, { mode: 0o600, flag: 'wx' })
  }
  return { thumbprint: thumbprintOf((await readNodeKey(next)).publicKey), isNew }
}

/**
 * Puts the prepared key in the place of a node’s key. The old key is gone afterwards.
 * @returns the thumbprint of the key in force now.
 * @throws {UsageError} if no key was prepared.
 */
export async function switchNodeKey(file: string): Promise<string> {
  const next = nextKeyFile(file)
  if (!(await exists(next)))
    throw new UsageError(
      `--switch: expected a prepared key, ${next}; there is none. Run the command without --switch first`,
    )
  const { publicKey } = await readNodeKey(next)
  await replaceFile(file, await readFile(next))
  await rm(next)
  return thumbprintOf(publicKey)
}

/** Begins a new epoch of the keys of refs. @returns its number. */
export async function rotateRefKeys(file: string, now: number): Promise<number> {
  // A file that is missing must not become a new one: what it could find would be lost.
  await readKeyFile(file)
  const { epochs } = await rotateKeyFile(file, now)
  return epochs.at(-1)?.epoch ?? 0
}

const KEY_SET = z.looseObject({
  keys: z.array(
    z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), kid: z.string().optional() }),
  ),
})

type KeySet = z.infer<typeof KEY_SET>

/**
 * Adds the keys of another key set to a node’s copy of the gateway’s public keys.
 * @returns the ids of the keys that it has now.
 * @throws {UsageError} if one of both is not a key set of Ed25519 keys, or the new one holds a private key.
 */
export async function addGatewayKeys(file: string, added: string): Promise<readonly string[]> {
  const [set, more] = [await readKeySet(file), await readKeySet(added)]
  const known = new Set(set.keys.map(({ x }) => x))
  const keys = [...set.keys, ...more.keys.filter(({ x }) => !known.has(x))]
  await writeKeySet(file, { ...set, keys })
  return keys.map(idOf)
}

/**
 * Removes one key from a node’s copy of the gateway’s public keys.
 * @returns the ids of the keys that are left.
 * @throws {UsageError} if the set does not have the key, or has no other.
 */
export async function dropGatewayKey(file: string, kid: string): Promise<readonly string[]> {
  const set = await readKeySet(file)
  const keys = set.keys.filter((key) => idOf(key) !== kid)
  const ids = set.keys.map(idOf).join(', ')
  if (keys.length === set.keys.length) throw new UsageError(`--drop: expected one of ${ids}; came ${kid}`)
  if (keys.length === 0)
    throw new UsageError(`--drop: expected a key beside others; ${kid} is the only one. Add the new one first`)
  await writeKeySet(file, { ...set, keys })
  return keys.map(idOf)
}

function idOf({ kid, x }: KeySet['keys'][number]): string {
  return kid ?? x
}

async function readKeySet(file: string): Promise<KeySet> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file}: expected a file that can be read; ${describeFileError(error)}`)
  })
  const read = KEY_SET.safeParse(parseJson(text))
  if (!read.success) throw new UsageError(`${file}: expected a JSON Web Key Set of Ed25519 keys, such as leg.jwks.json`)
  if (read.data.keys.some((key) => 'd' in key))
    throw new UsageError(
      `${file}: expected public keys only; came a private one. Do not send it to anybody, and make a new key`,
    )
  return read.data
}

async function writeKeySet(file: string, set: KeySet): Promise<void> {
  await replaceFile(file, `${JSON.stringify(set)}\n`, 0o644)
}

/**
 * Says whether the country's file leads to a key of its audit log, by `receipts.vkey` or by a proof in `receipts.rotations`. A gateway with this file drops
 * each answer whose receipt is signed by another key only (RECEIPT_INVALID).
 * @returns null if there is no file that can be read, or it says nothing of receipts.
 */
export async function leadsToLogKey(rules: string | undefined, vkey: string): Promise<boolean | null> {
  const file = rules === undefined ? null : await readCountryFile(rules).catch(() => null)
  if (file?.receipts === undefined) return null
  const { receipts } = file
  return [receipts.vkey, ...receipts.rotations.map((proof) => parseRotation(proof).newKey.vkey)].includes(vkey)
}

const RECEIPTS = z.looseObject({ rotations: z.array(z.string()).default([]) })

/**
 * Writes what is done so that a country's file leads to the new key of a log. A file that cannot be read has none yet.
 * @returns where the proof goes, a path beside the file; and the member `receipts` of the file with this proof, as YAML.
 */
export async function nameRotation(rules: string, country: string, { oldKey }: KeyRotation) {
  const text = await readFile(rules, 'utf8').catch(() => '')
  const { receipts } = Object(parseYaml(text)) as { readonly receipts?: unknown }
  const known = RECEIPTS.safeParse(receipts ?? { vkey: oldKey.vkey })
  const { rotations, ...rest } = known.success ? known.data : { rotations: [], vkey: oldKey.vkey }
  const name = `${country}.rotation-${rotations.length}`
  const lines = stringify({ receipts: { ...rest, rotations: [...rotations, name] } }, { lineWidth: 0 })
  return { copy: join(dirname(rules), name), lines }
}

const PARTICIPANTS = z.object({
  participants: z.array(z.object({ country: z.string(), logKeys: z.array(z.string()).optional() })),
})

/**
 * Asks a gateway which keys of a country's audit log it takes, as its `/status` shows everybody.
 * @param keySet the address of the gateway's key set.
 * @returns null if it does not say: the country does not take part there, it wants no receipts, or it is of an earlier version.
 * @throws {Error} if it does not answer.
 */
export async function askForLogKeys(keySet: string, country: string): Promise<readonly string[] | null> {
  const { participants } = PARTICIPANTS.parse((await askJson(new URL('/status', keySet))).body)
  return participants.find((each) => each.country === country)?.logKeys ?? null
}
