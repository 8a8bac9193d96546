import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { ROTATION_REASONS } from '../../contract/audit-log/operator-entries.ts'
import { readLogSigner } from '../../service/audit-log/key-files.ts'
import { finishKeyReplacement, replaceLogKey } from '../../service/audit-log/replace-key.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandLine } from '../../service/command-spec.ts'
import { oneOf, SWITCH, TEXT } from '../../service/command-texts.ts'
import { LANG_OPTION } from '../../service/lang-option.ts'
import { EXIT_NOT_IN_EFFECT, UsageError } from '../../service/usage-error.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { settingName } from '../../subgraphs/kit/settings.ts'
import { JOINING_TEXTS } from '../commands.ts'
import type { RunningProcess } from '../environment.ts'
import { askStatus, causeOf, isTaken } from './ask.ts'
import { reasonOf } from './finding.ts'
import { ENV_OPTION, NODE_OPTIONS, readNodePlace } from './node-place.ts'
import {
  addGatewayKeys,
  askForLogKeys,
  dropGatewayKey,
  leadsToLogKey,
  nameRotation,
  prepareNodeKey,
  rotateRefKeys,
  switchNodeKey,
} from './rotate-keys.ts'
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
