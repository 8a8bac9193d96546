/**
 * The list of what a gateway, a node or a mandate authority must not start with, unless it is given `--development`. Whoever adds a danger
 * adds it here, so that an operator sees all of them at once.
 */
import { stat } from 'node:fs/promises'
import type { Logger } from 'pino'
import { readWords } from '../contract/read-words.ts'
import { isDevelopmentName, isHttpsElsewhere, isPlainHttpElsewhere, isThisMachine } from './addresses.ts'
import { ConfigError } from './config-error.ts'
import { describeOpenSecret, isSecretOpen } from './private-files.ts'
import { isOlderNode, readLeastNode } from './version.ts'

/** A server that the process opens. `setting`: how the operator chooses its address. `remedy`: how it gets TLS. */
export interface OpenedServer {
  readonly setting: string
  readonly host: string
  readonly hasTls: boolean
  readonly remedy: string
}

/** An address to which records or keys go, or from which they come. */
export interface AskedAddress {
  /** What it is for: `each leg to HN, cases,`. */
  readonly use: string
  readonly url: string
  /**
   * For a server of a partner: whether an authority or pin of its own is named, and whether our certificate is shown to it. Absent: any server
   * that the operating system trusts will do.
   */
  readonly partner?: { readonly isKnown: boolean; readonly seesCertificate: boolean }
}

/** A file that holds a secret, with its permissions and the id of its owner, as `stat` returns them. */
export interface SecretFile {
  readonly setting: string
  readonly file: string
  readonly mode: number
  readonly uid: number
}

/** What a configuration says, as far as it can be dangerous. */
export interface StartFacts {
  readonly servers: readonly OpenedServer[]
  /** The issuers of access tokens; `country`: the one that it speaks for. A node has none. */
  readonly issuers: readonly { readonly issuer: string; readonly country: string | null }[]
  /** Whether countries take part. */
  readonly hasCountries: boolean
  /** The name of the audit log; null if there is no audit log. */
  readonly auditLogName: string | null
  /** Why one captured witness would break the trust policy; undefined if it would not, or if there is no trust policy. */
  readonly unsafeQuorum?: string | undefined
  readonly addresses: readonly AskedAddress[]
  /** Whether a caller without a token may ask a graph that has access rules. */
  readonly isGuardedGraphOpen: boolean
  /** Whether each start makes a new key for the leg tokens. */
  readonly hasPassingLegKey: boolean
  readonly servesGraphiql: boolean
  /** The clients of a mandate authority whose tokens are not bound to a key. Only an authority has clients. */
  readonly unboundClients?: readonly string[]
  /** Whether an auditor can learn later, with two keys, which officer stands behind a pseudonym. Only an authority gives pseudonyms. */
  readonly canRevealOfficers?: boolean
  /** Whether several workers of a gateway have no database in which they count together. Only a gateway has workers. */
  readonly hasUnsharedWorkers?: boolean
  readonly secrets: readonly SecretFile[]
}

/** One danger of a configuration, and what the operator can do. */
export interface Danger {
  readonly danger: string
  readonly remedy: string
}

/** Returns each danger of a configuration. The list is empty for a gateway or node that may serve real records. */
export function listDangers(facts: StartFacts): readonly Danger[] {
  const { addresses, auditLogName, unsafeQuorum } = facts
  const elsewhere = addresses.filter(({ url }) => isHttpsElsewhere(url))
  const openServers = facts.servers.filter(({ hasTls, host }) => !hasTls && !isThisMachine(host))
  const issuers = (isMeant: (issuer: StartFacts['issuers'][number]) => boolean) => facts.issuers.filter(isMeant)
  return [
    ...openServers.map(({ setting, host, remedy }) => found('openServer', { setting, host, remedy })),
    ...addresses.filter(({ url }) => isPlainHttpElsewhere(url)).map(({ use }) => found('plainHttp', { use })),
    ...elsewhere.filter(({ partner }) => partner?.isKnown === false).map(({ use }) => found('unknownPartner', { use })),
    // One remedy helps for all of these addresses.
    ...foundIf(
      elsewhere.some(({ partner }) => partner?.seesCertificate === false),
      'missingCertificate',
    ),
    ...issuers(({ country }) => country === null && facts.hasCountries).map((each) => found('issuerOfAll', each)),
    ...issuers(({ issuer }) => isDevelopmentName(issuer)).map((each) => found('issuerForDevelopment', each)),
    ...foundIf(auditLogName === null, 'noAuditLog'),
    ...foundIf(isDevelopmentName(`https://${auditLogName}`), 'auditLogForDevelopment', { name: auditLogName }),
    ...foundIf(unsafeQuorum !== undefined, 'unsafeQuorum', { why: unsafeQuorum }),
    ...facts.secrets.filter((file) => isSecretOpen(file)).map(({ setting, file }) => describeOpenSecret(setting, file)),
    ...foundIf(facts.isGuardedGraphOpen, 'openGraph'),
    ...foundIf(facts.hasPassingLegKey, 'passingLegKey'),
    ...foundIf(facts.hasUnsharedWorkers === true, 'unsharedWorkers'),
    ...foundIf(facts.servesGraphiql, 'graphiql'),
    ...(facts.unboundClients ?? []).map((client) => found('unboundClient', { client })),
    ...foundIf(facts.canRevealOfficers === false, 'officersNotSealed'),
  ]
}

/** Describes a danger by its words of dangers.en.yaml, whose holes get the values. */
function found(key: string, values: Readonly<Record<string, unknown>> = {}): Danger {
  const words = readWords<Readonly<Record<string, Danger>>>(new URL('dangers.en.yaml', import.meta.url))[key]
  if (words === undefined) throw new TypeError(`expected the danger ${key} in dangers.en.yaml`)
  const fill = (text: string) => text.replaceAll(/\{\{(\w+)\}\}/g, (_, hole) => String(values[hole]))
  return { danger: fill(words.danger), remedy: fill(words.remedy) }
}

function foundIf(isFound: boolean, ...danger: Parameters<typeof found>): readonly Danger[] {
  return isFound ? [found(...danger)] : []
}

/** A start of a process, as {@link settleDangers} judges it. */
export interface JudgedStart {
  /** The version of Node.js that runs the process; usually left out. */
  readonly node?: string
  readonly dangers: readonly Danger[]
  /** The environment variable that is the same as `--development`; without it, the process reads none. */
  readonly variable?: string
  /** Whether the process was given `--development`. */
  readonly isDevelopment: boolean
  /** What `--development` switches off in this process later, besides the refusal to start. The operator's log says it. */
  readonly switchesOff: readonly string[]
}

/** What `--development` switches off in each process that reads a new key of its certificate while it runs. */
export const OPEN_KEY_REFUSAL = 'the refusal of a new TLS key that other users of the machine can read'

/**
 * Stops a start that is dangerous. In development it warns instead, first of development itself: whoever gave `--development` by mistake must see
 * it, also if nothing else is dangerous.
 * @throws {ConfigError} if there is a danger and it is not for development. The message lists all dangers, each with its remedy.
 */
export function settleDangers(start: JudgedStart, log: Pick<Logger, 'warn'>): void {
  const { isDevelopment, switchesOff, variable, node = process.versions.node } = start
  const flag = (value: string): string => `--development${variable === undefined ? '' : ` (${variable}${value})`}`
  const least = readLeastNode()
  const dangers = [...foundIf(isOlderNode(node, least), 'oldNode', { least, node }), ...start.dangers]
  if (isDevelopment) {
    log.warn(
      { switchedOff: [START_REFUSAL, ...switchesOff], remedy: `Remove ${flag('')} before there are real records.` },
      'development mode is on',
    )
    for (const danger of dangers) log.warn(danger, 'this is allowed for development only')
    return
  }
  if (dangers.length === 0) return
  const lines = dangers.map(({ danger, remedy }) => `- ${danger}. ${remedy}`)
  throw new ConfigError(
    `expected a configuration that is safe for real records; came one that is not:\n${lines.join('\n')}\n` +
      `For made-up records on one machine, give ${flag('=1')}.`,
  )
}

const START_REFUSAL = 'the refusal to start with a configuration that is not safe for real records'

/**
 * Reads the permissions of files that hold a secret.
 * @param files the path of each file, by the setting that names it. It leaves out a file that does not exist, which its reader reports.
 */
export async function readSecretFiles(
  files: Readonly<Record<string, string | null | undefined>>,
): Promise<readonly SecretFile[]> {
  const read = Object.entries(files).map(async ([setting, file]) => {
    const found = file == null ? null : await stat(file).catch(() => null)
    return file == null || found === null ? [] : [{ setting, file, mode: found.mode, uid: found.uid }]
  })
  return (await Promise.all(read)).flat()
}
