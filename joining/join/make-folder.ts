import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { listPlaces } from '../../audit/shards/places.ts'
import { readRotations } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import type { Language } from '../../contract/language.ts'
import { isPlainName } from '../../contract/probe.ts'
import { readCountryFile } from '../../service/country-file.ts'
import { listFilesNamedIn } from '../../service/country-file-names.ts'
import { UsageError } from '../../service/usage-error.ts'
import { listCutOff } from '../../subgraphs/kit/cut-off.ts'
import { looksSecret } from '../probe/collect-bundle.ts'
import { parseEnvFile } from '../running/node-place.ts'
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
  makeKeys,
  makeTls,
  openCountryFolder,
  type PublicKeys,
  readSentByGateway,
  TLS_FILES,
  takeGatewayFiles,
  type WrittenFile,
} from './make-keys.ts'
import { joinWords } from './words.ts'
import {
  writeCountryFile,
  writeNext,
  writePolicies,
  writePolicyTest,
  writeSettings,
  writeUnits,
  writeWitness,
} from './write-files.ts'

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

/** What {@link makeCountryFolder} did. */
export interface MadeFolder {
  /** What happened to each file. */
  readonly written: readonly WrittenFile[]
  /** The files of the rules that do not end with a line break: they may be cut off. */
  readonly cutOff: readonly string[]
}

/**
 * Makes what is missing in a folder, and keeps what is there. Keys are never replaced.
 * @param root the absolute path of the folder. @param now milliseconds since the epoch. @param given what was answered now, and not in a run before.
 * @throws {UsageError} if the folder is another country's, or has a path that systemd would read otherwise.
 */
export async function makeCountryFolder(
  root: string,
  answers: Answers,
  { language, now, given }: { readonly language: Language; readonly now: number; readonly given: GivenAnswers },
): Promise<MadeFolder> {
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
