import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { listPlaces } from '../../audit/shards/places.ts'
import { readRotations } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import type { Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import type { Language } from '../../contract/language.ts'
import { isPlainName } from '../../contract/probe.ts'
import { readWords } from '../../contract/read-words.ts'
import { readCountryFile } from '../../service/country-file.ts'
import { listFilesNamedIn } from '../../service/country-file-names.ts'
import { helpText } from '../../service/help-words.ts'
import { formatOrigin } from '../../service/http/listen.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { listCutOff } from '../../subgraphs/kit/cut-off.ts'
import { NODE_SETTINGS } from '../../subgraphs/kit/settings.ts'
import { looksSecret } from '../probe/collect-bundle.ts'
import { formatSetting, parseEnvFile } from '../running/node-place.ts'
import {
  ANSWER_KEYS,
  ANSWER_SPECS,
  type AnswerKey,
  type Answers,
  type GivenAnswers,
  readAnswersFile,
} from './answers.ts'
import {
  type CountryFolder,
  type GatewayFiles,
  KEY_FILES,
  makeKeys,
  makeTls,
  type NodeTrust,
  openCountryFolder,
  type PublicKeys,
  readSentByGateway,
  TLS_FILES,
  takeGatewayFiles,
} from './make-keys.ts'
import { joinWords } from './words.ts'

/** Makes the folder of a country that joins, or completes it. */

/** The file that keeps what was answered, but no password. */
const ANSWERS_FILE = 'answers.yaml'

/** The file with the settings of the node. */
const SETTINGS_FILE = 'node.env'

/** The answers that may come later. */
const LATER: ReadonlySet<string> = new Set(['gatewayKeys', 'gatewayCa'])

/** A path that a shell and systemd take as it is. */
const PLAIN_PATH = /^\/[\w./+@:-]*$/

/**
 * Reads what was answered in a folder before, and joins it with what is given now.
 * @param root the absolute path of the folder.
 * @throws {UsageError} if both differ, because files that are there were made of the former answers.
 */
export async function joinAnswers(root: string, given: GivenAnswers, language: Language): Promise<GivenAnswers> {
  const folder = openCountryFolder(root)
  if (!(await folder.has(ANSWERS_FILE))) return given
  const kept = await readAnswersFile(folder.at(ANSWERS_FILE))
  const before = { ...kept.answers, ...(await readDatabase(folder)) }
  const differing = ANSWER_KEYS.filter((key) => {
    const [old, now] = [before[key], given[key]]
    if (old === undefined || now === undefined || (LATER.has(key) && old === '')) return false
    return meant(key, now) !== meant(key, old)
  })
  if (differing.length > 0) {
    const flags = differing.map((key) => `--${ANSWER_SPECS[key].flag}`).join(', ')
    throw new UsageError(joinWords(language)('differs', { flags, file: folder.at(ANSWERS_FILE) }))
  }
  return { ...before, ...given }
}

/**
 * Reads the language in which a folder was made, which a later run keeps: who runs it for another user often has no language in the environment.
 * @param root the absolute path of the folder.
 * @throws {ConfigError} if its file of answers cannot be used.
 */
export async function readFolderLanguage(root: string): Promise<Language | undefined> {
  const folder = openCountryFolder(root)
  return (await folder.has(ANSWERS_FILE)) ? (await readAnswersFile(folder.at(ANSWERS_FILE))).lang : undefined
}

/** Returns what an answer means, for comparing: `ni` is NI. */
function meant(key: AnswerKey, text: string): string {
  return String(ANSWER_SPECS[key].parse(text) ?? text)
}

/** Reads the database from the settings: its address may have a password, so the answers do not have it. */
async function readDatabase(folder: CountryFolder): Promise<Pick<GivenAnswers, 'database'>> {
  if (!(await folder.has(SETTINGS_FILE))) return {}
  const { DATABASE_URL } = parseEnvFile(await readFile(folder.at(SETTINGS_FILE), 'utf8'), folder.at(SETTINGS_FILE))
  return { database: DATABASE_URL ?? 'embedded' }
}

/**
 * Makes what is missing in a folder, and keeps what is there. Keys are never replaced.
 * @param root the absolute path of the folder. @param now milliseconds since the epoch. @param given what was answered now, and not in a run before.
 * @returns what happened to each file, and the files of the rules that do not end with a line break: they may be cut off.
 * @throws {UsageError} if the folder is another country's, or has a path that systemd would read otherwise.
 */
export async function makeCountryFolder(
  root: string,
  answers: Answers,
  { language, now, given }: { readonly language: Language; readonly now: number; readonly given: GivenAnswers },
) {
  if (!PLAIN_PATH.test(root))
    throw new UsageError(`expected a folder whose path has only letters, digits and . _ - + @ : /; came ${root}`)
  const folder = openCountryFolder(root)
  const { country } = answers
  const sent = await readSentByGateway(answers, given)
  await folder.folder('.')
  await keepAnswers(folder, answers, language)
  const keys = await makeKeys(folder, answers, now)
  const trust = await makeTls(folder, answers, now)
  const gateway = await takeGatewayFiles(folder, sent, trust)
  await folder.write(SETTINGS_FILE, writeSettings(answers, language), { isSecret: true })
  if ('ca' in trust) await folder.write('rules/node-ca.pem', trust.ca)
  await folder.write(`rules/${country}.cedar`, writePolicies(country, language))
  await folder.write(`rules/${country}.policy-test.yaml`, writePolicyTest(answers, language))
  await folder.write(`rules/${country}.yaml`, writeCountryFile(answers, keys, trust, language))
  await folder.write('witness.yaml', writeWitness(answers, language))
  for (const [path, text] of Object.entries(writeUnits(root, answers))) await folder.write(path, text)
  // A service may write into them only if they are there when it starts.
  for (const path of ['data', 'mandates', 'suspensions', 'audit-log', 'witness']) await folder.folder(path)
  const hasCertificate = await folder.has(TLS_FILES.cert)
  const cutOff = await writeBundle(folder, answers, keys)
  await folder.renew('NEXT.md', writeNext({ root, answers, keys, gateway, hasCertificate }, language))
  return { written: folder.written, cutOff }
}

/** Keeps the answers without the database, whose address may have a password: it is in `node.env`. */
async function keepAnswers(folder: CountryFolder, { database, ...answers }: Answers, lang: Language): Promise<void> {
  const text = stringify({ ...answers, ...(database === 'embedded' && { database }), lang })
  const old = (await folder.has(ANSWERS_FILE)) ? await readFile(folder.at(ANSWERS_FILE), 'utf8') : null
  if (old === text) folder.note(ANSWERS_FILE, 'KEPT')
  else await folder.renew(ANSWERS_FILE, text)
}

/**
 * `bundle/<CC>`: what the gateway's operator gets, as a folder that fits beside those of other countries, whose files have the same names. It is made of the
 * other files each time, and nothing in it is secret.
 */

/**
 * Writes the bundle: the country's file with the files that it names, the keys by which others know the country, and the SDL that counts for each domain.
 * If the key of the audit log was replaced, it has each proof of that, also one that the file does not name yet: witnesses need it too.
 * @returns those of the country's own files that do not end with a line break: they may be cut off.
 * @throws {ConfigError} if the country's file is wrong. @throws {UsageError} if the file names one with a secret, or one outside of its folder.
 */
export async function writeBundle(
  folder: CountryFolder,
  { country, witness: witnessUrl }: Pick<Answers, 'country' | 'witness'>,
  { vkey, nodeKey, witness }: PublicKeys,
): Promise<readonly string[]> {
  const file = folder.at(`rules/${country}.yaml`)
  const { domains } = await readCountryFile(file)
  const text = await readFile(file, 'utf8')
  const files = new Map([[`${country}.yaml`, text]])
  const own = [file]
  for (const { path, file: name } of listFilesNamedIn(text)) {
    if (!isPlainName(name))
      throw new UsageError(
        `${file}: ${path.join('.')}: expected a file beside it, without a folder; came ${name}. Copy the file there`,
      )
    own.push(resolve(dirname(file), name))
    files.set(name, await readFile(resolve(dirname(file), name), 'utf8'))
  }
  files.set('audit-log.vkey', `${vkey}\n`)
  files.set('node-key.txt', `${nodeKey}\n`)
  // A line as it stands in a trust policy (C2SP tlog-policy), for the authorities of the other countries.
  files.set('witness.policy', `witness ${country.toLowerCase()}-1 ${witness} ${witnessUrl}\n`)
  const proofs = await readProofs(folder.at('audit-log'))
  for (const [at, proof] of proofs.entries())
    if (![...files.values()].includes(proof)) files.set(`${country}.rotation-${at}`, proof)
  for (const [domain, { sdl }] of domains) files.set(`sdl/${domain}.graphql`, sdl ?? domainSdl(domain))
  for (const [name, content] of files) {
    if (looksSecret(content))
      throw new UsageError(
        `${file}: expected files for others only; came a secret in ${name}. Remove it from the country's file`,
      )
    await folder.renew(`bundle/${country}/${name}`, content)
  }
  return listCutOff(own)
}

/** Reads the proofs that the key of a log was replaced, oldest first. @param home the home of the log. */
async function readProofs(home: string): Promise<readonly string[]> {
  const proofs: string[] = []
  for (const { path } of await listPlaces(home)) {
    const rotations = await readRotations(folderSource(join(home, path)))
    proofs.push(...rotations.map(({ proof }) => proof))
  }
  return proofs
}

/** Writes the files of a country's folder that are not keys. Their texts are in words.en.yaml, words.es.yaml and units.yaml. */

/** The settings that a country's folder decides, by key. Paths are relative to the folder. */
export function chooseSettings(answers: Answers): Readonly<Partial<Record<keyof NodeConfig, string>>> {
  const { country, domains, listen, port, database, gatewayName, gatewayKeys, contact } = answers
  return {
    country,
    domains: domains.join(','),
    host: listen,
    port: String(port),
    contactPoint: contact,
    tlsKey: TLS_FILES.key,
    tlsCert: TLS_FILES.cert,
    tlsClientCa: TLS_FILES.gatewayCa,
    ...(database === 'embedded' ? { databaseFolder: 'data/rows' } : { databaseUrl: database }),
    gatewayJwks: /^https:/i.test(gatewayKeys) ? gatewayKeys : TLS_FILES.gatewayKeys,
    gatewayIssuer: gatewayName,
    rules: `rules/${country}.yaml`,
    mandatesFolder: 'mandates',
    suspensions: 'suspensions',
    nodeKey: KEY_FILES.node,
    auditLogDir: 'audit-log',
    auditLogKey: KEY_FILES.auditLog,
    auditLogRefKeys: KEY_FILES.refs,
    operatorListen: '127.0.0.1:9465',
  }
}

/** How wide a comment is. */
const WIDTH = 110

/** Writes `node.env`, which a shell, systemd and a container read alike. A setting that the folder does not decide is there as a comment, with its default. */
export function writeSettings(answers: Answers, language: Language): string {
  const head = joinWords(language)('files.settings', { country: answers.country })
  const chosen = chooseSettings(answers)
  const lines = Object.entries(NODE_SETTINGS).flatMap(([key, setting]) => {
    const { variable, meaning, expected } = setting
    const value = chosen[key as keyof NodeConfig]
    const byDefault = 'default' in setting ? setting.default : undefined
    const tell = (text: string): string => helpText(text, language)
    const hint = byDefault === undefined ? '' : `; ${tell('default')}: ${byDefault}`
    const shown = value === undefined ? `#${variable}=${byDefault ?? ''}` : formatSetting(variable, value)
    return ['', ...wrap(`${tell(meaning)} (${tell('expected')}: ${tell(expected)}${hint})`), shown]
  })
  return `${[...head.split('\n').flatMap(wrap), ...lines].join('\n')}\n`
}

function wrap(text: string): readonly string[] {
  const lines: string[] = []
  let line = '#'
  for (const word of text.split(' ')) {
    if (line.length + word.length >= WIDTH) {
      lines.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  return [...lines, line]
}

/** Where a witness behind a proxy with TLS listens. */
const BEHIND_PROXY = { host: '127.0.0.1', port: 4106 }

/** Writes `witness.yaml`: the settings of the country's witness (`istmo witness --config`). */
function writeWitness({ country, witness, listen }: Answers, language: Language): string {
  const { protocol, port } = new URL(witness)
  const place = protocol === 'https:' ? BEHIND_PROXY : { host: listen, port: port === '' ? 80 : Number(port) }
  return joinWords(language)('files.witness', { country, host: JSON.stringify(place.host), port: place.port })
}

/** Writes `rules/<CC>.yaml`, where nobody is recognised yet. Node and gateway read the same file. */
function writeCountryFile(
  { country, nameEs, nameEn, domains, host, port }: Answers,
  { vkey, suspender, witness }: PublicKeys,
  trust: NodeTrust,
  language: Language,
): string {
  const tls = 'ca' in trust ? '{ ca: node-ca.pem }' : `{ pins: [${trust.pin}] }`
  const origin = formatOrigin('https', host, port)
  return joinWords(language)('files.rules', {
    country,
    nameEs: JSON.stringify(nameEs),
    nameEn: JSON.stringify(nameEn),
    domains: domains.map((domain) => `  ${domain}: { url: "${origin}/${domain}", tls: ${tls} }`).join('\n'),
    witness,
    vkey: JSON.stringify(vkey),
    x: suspender,
  })
}

/** Writes `rules/<CC>.cedar`: no policy yet. */
function writePolicies(country: string, language: Language): string {
  return joinWords(language)('files.policies', { country })
}

/** A field of each domain with a rule, and one without. */
const TRIED: Readonly<Record<Domain, readonly string[]>> = {
  cases: ['Case.status', 'Case.narrative'],
  persons: ['Person.names'],
  legal: ['Statute.text', 'MutualLegalAssistanceRequest.status'],
}

/** Writes `rules/<CC>.policy-test.yaml`: nobody is recognised. */
function writePolicyTest({ country, domains }: Answers, language: Language): string {
  const verdicts = domains.flatMap((domain) =>
    TRIED[domain].map((coordinate) =>
      coordinate === 'Statute.text'
        ? `  ${coordinate}: { prosecutor: allowed, nobody: allowed }`
        : `  ${coordinate}: { prosecutor: TASK_FORCE_NOT_RECOGNISED, nobody: AUTHENTICATED }`,
    ),
  )
  const other = country === 'GT' ? 'HN' : 'GT'
  return joinWords(language)('files.policyTest', { country, other, verdicts: verdicts.join('\n') })
}

/** What units.yaml has. */
interface Units {
  readonly hardening: string
  /** How a proxy chooses by the name. */
  readonly map: string
  readonly files: Readonly<Record<string, string>>
}

/** The texts of the units and examples, by their paths in the folder. @param root the absolute path of the folder. */
export function writeUnits(root: string, { country, host, port, tls }: Answers): Readonly<Record<string, string>> {
  const { hardening, map, files } = readWords<Units>(new URL('units.yaml', import.meta.url))
  const isName = isIP(host) === 0
  const values: Readonly<Record<string, string>> = { root, country, host, port: String(port), hardening }
  const proxy = isName
    ? { map: fill(map, values), preread: '    ssl_preread on;\n', pass: '$istmo_node' }
    : { map: '', preread: '', pass: `127.0.0.1:${port}` }
  const written = Object.entries(files)
    .filter(([path]) => tls === 'own' || !path.includes('ca-renew'))
    .map(([path, text]) => [path, fill(text, { ...values, ...proxy })])
  return Object.fromEntries(written)
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (hole, name: string) => values[name] ?? hole)
}

/** What the page of what to do next speaks about. */
export interface NextFacts {
  /** The absolute path of the folder. */
  readonly root: string
  readonly answers: Answers
  readonly keys: PublicKeys
  readonly gateway: GatewayFiles
  /** Whether the node's certificate is there. With a certificate request, it comes later. */
  readonly hasCertificate: boolean
}

/** Writes `NEXT.md`: what to do next. */
function writeNext({ root, answers, keys, gateway, hasCertificate }: NextFacts, language: Language): string {
  const { country, tls, host, port, database } = answers
  const say = joinWords(language)
  const [isOwn, isEmbedded] = [tls === 'own', database === 'embedded']
  const missing = [
    hasCertificate ? '' : `\n${say('next.certificate')}`,
    gateway.hasCa ? '' : `\n${say(isOwn ? 'next.ownCa' : 'next.otherCa')}`,
    gateway.hasKeys ? '' : `\n${say('next.gatewayKeys')}`,
  ].join('')
  const untilStart = say('next.untilStart', {
    country,
    root,
    missing,
    makeDatabase: isEmbedded ? '' : `${say('next.makeDatabase')}\n\n`,
    renewal: isOwn ? ' istmo-ca-renew.timer' : '',
    authority: isOwn ? TLS_FILES.authorityCert : say('next.yourAuthority'),
    node: formatOrigin('https', host, port),
    embedded: isEmbedded ? `\n\n${say('next.embedded')}` : '',
  })
  const { vkey, nodeKey, witness } = keys
  return `${untilStart}\n\n${say('next.afterStart', { country, vkey, nodeKey, witness })}\n`
}
