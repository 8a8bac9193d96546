import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { ROTATION_REASONS } from '../../contract/audit-log/key-rotation-entry.ts'
import type { Language } from '../../contract/language.ts'
import { readLogSigner } from '../../service/audit-log/key-files.ts'
import { finishKeyReplacement, replaceLogKey } from '../../service/audit-log/replace-key.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandLine, CommandSpec } from '../../service/command-spec.ts'
import { formatOrigin } from '../../service/http/listen.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { EXIT_NOT_IN_EFFECT, UsageError } from '../../service/usage-error.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { settingName } from '../../subgraphs/kit/settings.ts'
import { reasonOf } from './finding.ts'
import { KEY_KIND_WORDS, KEY_KINDS, type KeyKind, OWN_KINDS } from './key-kinds.ts'
import { askForLogKeys, leadsToLogKey, nameRotation } from './known-log-key.ts'
import { ENV_OPTION, NODE_OPTIONS, readNodePlace } from './node-place.ts'
import { addGatewayKeys, dropGatewayKey, prepareNodeKey, rotateRefKeys, switchNodeKey } from './rotate-keys.ts'
import { ROTATE_WORDS, type RotateWords } from './rotate-words.ts'
import type { RunningProcess } from './running-process.ts'

const ROTATE = {
  name: 'istmo keys rotate',
  description:
    'Replaces a key of a node while it runs, or says how another one is replaced. Without a kind, it lists all kinds of keys: who has each, what to type, ' +
    'and what happens meanwhile.',
  arguments: {
    kind: {
      isOptional: true,
      meaning: 'the kind of key; without it, all are listed',
      expected: `one of ${KEY_KINDS.join(', ')}`,
      parse: (text: string) => KEY_KINDS.find((each) => each === text),
    },
  },
  options: {
    env: ENV_OPTION,
    switch: { flag: 'switch', value: null, meaning: 'with node-key: put the prepared key in the place of the old one' },
    add: { flag: 'add', value: 'file', meaning: 'with gateway-key: a key set whose keys the node shall take too' },
    finish: {
      flag: 'finish',
      value: null,
      meaning: 'with audit-log-key: erase the old key, because all who check the log have the proof',
    },
    reason: {
      flag: 'reason',
      value: 'name',
      meaning: 'with audit-log-key: why, for the entry in the log; ROUTINE if it is not given',
      expected: `one of ${ROTATION_REASONS.join(', ')}`,
      parse: (text: string) => ROTATION_REASONS.find((each) => each === text),
    },
    drop: {
      flag: 'drop',
      value: 'kid',
      meaning: 'with gateway-key: the id of a key that the node shall not take any more',
    },
    lang: LANG_OPTION,
    ...NODE_OPTIONS,
  },
  notes: {
    'Exit codes': {
      0: 'done, and the node uses it, if its operator’s server could be asked',
      1: 'it failed',
      2: 'an argument or a setting is wrong',
      3: 'done, but the node does not use it yet: look into its log',
    },
  },
  examples: [
    { command: 'istmo keys rotate', meaning: 'Lists all kinds of keys.' },
    {
      command: 'istmo keys rotate node-key --env /etc/istmo/node.env',
      meaning: 'Makes the next key of the node, and prints its thumbprint for the partners.',
    },
  ],
} as const satisfies CommandSpec

type Line = CommandLine<typeof ROTATE>

/** How long the command waits for a node to use a new key, in milliseconds. A node reads changed files within a second. */
const PATIENCE_MS = 10_000

/** Runs `istmo keys rotate`. @returns the exit code. */
export function runRotateKeys(args: readonly string[], world: RunningProcess): Promise<number> {
  const { env, now, streams } = world
  return executeCommand(
    ROTATE,
    args,
    async ({ kind, lang, switch: isSwitch, add, drop, finish: isFinish, reason, ...line }) => {
      const language = chooseLanguage(lang, env)
      const print = (text: string): void => void streams.out.write(`${text}\n`)
      const wanted: Wanted = { isSwitch, add, drop, isFinish, reason }
      requireFitting(kind, wanted)
      if (kind === undefined)
        return void print(KEY_KINDS.map((each) => describeKind(each, language, null)).join('\n\n'))
      const { config } = await readNodePlace(line, env)
      if (!OWN_KINDS.some((each) => each === kind)) return void print(describeKind(kind, language, config))
      const parts = { words: ROTATE_WORDS[language], print, now }
      return kind === 'audit-log-key' ? rotateLogKey(wanted, config, parts) : rotateOwn(kind, wanted, config, parts)
    },
    streams,
  )
}

interface Wanted {
  readonly isSwitch: boolean
  readonly add: Line['add']
  readonly drop: Line['drop']
  readonly isFinish: boolean
  readonly reason: Line['reason']
}

function requireFitting(kind: KeyKind | undefined, { isSwitch, add, drop, isFinish, reason }: Wanted): void {
  if ((isFinish || reason !== undefined) && kind !== 'audit-log-key')
    throw new UsageError('--finish, --reason: expected them only with audit-log-key')
  if (isFinish && reason !== undefined)
    throw new UsageError('--finish, --reason: expected one of both; the reason belongs to the first step')
  if (isSwitch && kind !== 'node-key') throw new UsageError('--switch: expected it only with node-key')
  const count = [add, drop].filter((each) => each !== undefined).length
  if (count > 0 && kind !== 'gateway-key') throw new UsageError('--add, --drop: expected them only with gateway-key')
  if (kind === 'gateway-key' && count !== 1)
    throw new UsageError(`gateway-key: expected one of --add and --drop; came ${count === 0 ? 'none' : 'both'}`)
}

function describeKind(kind: KeyKind, language: Language, config: NodeConfig | null): string {
  const { who, how, meanwhile } = KEY_KIND_WORDS[language][kind]
  const paths: Readonly<Record<string, string | undefined>> = {
    log: config?.auditLogDir,
    key: config?.auditLogKey,
    tls: config?.tlsCert === undefined ? undefined : dirname(config.tlsCert),
    rules: config?.rules,
  }
  const filled = how.replace(/\{(\w+)\}/g, (_, name: string) => paths[name] ?? name.toUpperCase())
  return `${kind}: ${who}\n  ${filled.replaceAll('; ', '\n  ')}\n  ${meanwhile}`
}

interface RotateParts {
  readonly words: RotateWords
  readonly print: (text: string) => void
  readonly now: () => number
}

/** Replaces the key of the node’s audit log, or finishes that. The node does it itself while it runs. */
async function rotateLogKey(
  { isFinish, reason = 'ROUTINE' }: Wanted,
  config: NodeConfig,
  { words, print, now }: RotateParts,
): Promise<number> {
  const { auditLogDir: home, country } = config
  const keyFile = requireSet(config, 'auditLogKey')
  if (home === undefined)
    throw new UsageError(`${settingName('auditLogDir')}: expected the folder of the audit log; the node has none`)
  const work = { logs: [home], keyFile, now }
  if (isFinish) {
    await requireKnownKey(keyFile, config, { words, print })
    const { vkey, isRunning } = await finishKeyReplacement(work)
    print(words.logKeyFinished(vkey))
    print(isRunning ? words.inUse : words.logNotRunning)
    return 0
  }
  const [replaced] = await replaceLogKey(work, reason)
  if (replaced === undefined) throw new TypeError('expected one log')
  const { rotation, proof, isNew, isRunning } = replaced
  print(words.logKey({ index: rotation.index, vkey: rotation.newKey.vkey, proof, isNew, country }))
  if (isNew && config.rules !== undefined)
    print(words.nameProof(config.rules, await nameRotation(config.rules, country, rotation), proof))
  print(isRunning ? words.inUse : words.logNotRunning)
  return 0
}

/** Without the old key, nobody takes an answer of this node whose copy of the country's file does not lead to the new one. So the gateway is asked. */
async function requireKnownKey(
  keyFile: string,
  { rules, gatewayJwks, country }: NodeConfig,
  { words, print }: Pick<RotateParts, 'words' | 'print'>,
): Promise<void> {
  const signer = await readLogSigner(keyFile)
  const { vkey } = (signer.next ?? signer).verifier
  if ((await leadsToLogKey(rules, vkey)) === false) throw new UsageError(words.logKeyUnknown(rules ?? '', vkey))
  if (!/^https?:\/\//.test(gatewayJwks)) return print(words.gatewayNotAsked(gatewayJwks))
  const keys = await askForLogKeys(gatewayJwks, country).catch((error: unknown) => {
    const { cause } = error as { readonly cause?: unknown }
    throw new UsageError(words.gatewaySilent(gatewayJwks, reasonOf(cause ?? error)))
  })
  if (keys === null) return print(words.gatewayNotAsked(gatewayJwks))
  if (!keys.includes(vkey)) throw new UsageError(words.gatewayUnaware(gatewayJwks, vkey))
  print(words.gatewayAware(gatewayJwks))
}

async function rotateOwn(
  kind: KeyKind,
  { isSwitch, add, drop }: Wanted,
  config: NodeConfig,
  { words, print, now }: RotateParts,
): Promise<number> {
  if (kind === 'gateway-key') {
    const file = requireSet(config, 'gatewayJwks')
    if (/^https?:\/\//.test(file)) throw new UsageError(words.gatewayUrl(file))
    const ids = add === undefined ? await dropGatewayKey(file, drop ?? '') : await addGatewayKeys(file, add)
    print(words.gatewayKeys(file, ids))
    return waitForUse(config, ({ gatewayKeys }) => sameIds(gatewayKeys, ids), { words, print })
  }
  if (kind === 'ref-keys') {
    const epoch = await rotateRefKeys(requireSet(config, 'auditLogRefKeys'), now())
    print(words.epoch(epoch))
    return waitForUse(config, ({ refEpoch }) => refEpoch === epoch, { words, print })
  }
  const file = requireSet(config, 'nodeKey')
  if (!isSwitch) {
    const { thumbprint, isNew } = await prepareNodeKey(file)
    print(words.prepared(thumbprint, isNew, config.country))
    return 0
  }
  const thumbprint = await switchNodeKey(file)
  print(words.switched(thumbprint))
  return waitForUse(config, ({ nodeKey }) => nodeKey === thumbprint, { words, print })
}

function sameIds(theirs: readonly string[] | null, ours: readonly string[]): boolean {
  return theirs !== null && [...theirs].sort().join(' ') === [...ours].sort().join(' ')
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
  { words, print }: Pick<RotateParts, 'words' | 'print'>,
): Promise<number> {
  if (operator === null || operator.port === 0) {
    print(words.lookIntoLog)
    return 0
  }
  const url = `${formatOrigin('http', operator.host, operator.port)}/status`
  const until = performance.now() + PATIENCE_MS
  do {
    const status = await createTrustedFetch()(url, { signal: AbortSignal.timeout(2_000) })
      .then(async (response) => KEYS_STATUS.safeParse(await response.json()))
      // A node on a busy machine answers late, and is asked again. One that takes no question does not run.
      .catch((error: Error) => (error.name === 'TimeoutError' ? undefined : null))
    if (status === null) {
      print(words.notRunning)
      return 0
    }
    if (status?.success && isUsed(status.data.keys)) {
      print(words.inUse)
      return 0
    }
    await sleep(100)
  } while (performance.now() < until)
  print(words.notInUse)
  return EXIT_NOT_IN_EFFECT
}
