/**
 * The file with the keys of somebody who takes part in a reveal: a JWK Set, or an encrypted one under a passphrase. Only its owner can read it.
 * The public part stands beside it in `FILE.jwks.json`, for the settings of authorities.
 */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { readUncheckedCheckpoint } from '../../audit/note/checkpoint.ts'
import type { Policy } from '../../audit/note/policy.ts'
import { parseRotation } from '../../audit/note/rotation.ts'
import { parseTlogProof } from '../../audit/note/tlog-proof.ts'
import { type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { parseJson } from '../../contract/json-value.ts'
import { parseDocument } from '../../contract/trust/parse-document.ts'
import { DocumentError } from '../../contract/trust/personal-jws.ts'
import {
  generateRevealKeys,
  type RevealKey,
  type RevealPrivateKeys,
  readPrivateKeys,
  readPublicKeys,
  SEALING_CURVES,
  toPublicKeys,
} from '../../contract/trust/reveal/reveal-keys.ts'
import {
  MAX_REVEAL_REQUEST_LENGTH,
  type RevealRequest,
  verifyRevealRequest,
} from '../../contract/trust/reveal/reveal-request.ts'
import type { CommandLine } from '../../service/command-spec.ts'
import { oneOf, TEXT } from '../../service/command-texts.ts'
import { describeFileError } from '../../service/describe-error.ts'
import {
  checkPrivate,
  decryptKeys,
  encryptKeys,
  NEW_PASSPHRASE_OPTIONS,
  type PassphraseIo,
  readNewPassphrase,
} from '../../service/passphrase.ts'
import { checkProof, followAll, isInOwnLog } from '../check-export.ts'
import { parseFile } from '../inputs.ts'

const KEY_FILE = z.union([
  z.strictObject({ keys: z.array(z.unknown()) }),
  z.strictObject({ encryptedKeys: z.string().max(65_536) }),
])

/** The passphrase of a key, for scripts. */
export const PASSPHRASE_FILE_OPTION = {
  passphraseFile: TEXT,
} as const

/** How a key file is made. */
export const NEW_KEY_OPTIONS = {
  curve: { ...oneOf(SEALING_CURVES), default: 'X25519' },
  ...NEW_PASSPHRASE_OPTIONS,
} as const

/**
 * Makes a key file and the file of its public part, as a command line asks. Never replaces one: if both exist, it says what they are.
 * @param signs whether there is a pair that signs requests: an auditor's keys have one.
 * @returns what the command prints: each thumbprint and what its key does.
 * @throws {Error} if only one of both files exists, the public one is of another form, or the passphrase was not typed the same twice.
 */
export async function makeRevealKeyFile(
  line: CommandLine<{ name: ''; description: ''; options: typeof NEW_KEY_OPTIONS }> & { readonly file: string },
  signs: boolean,
  io: PassphraseIo,
): Promise<readonly string[]> {
  const { file } = line
  const publicPart = `${file}.jwks.json`
  if (existsSync(file) || existsSync(publicPart)) return describeMade(file, publicPart)
  const passphrase = await readNewPassphrase(line, io)
  const keys = await generateRevealKeys(line.curve, signs)
  const secret =
    passphrase === undefined ? { keys } : { encryptedKeys: await encryptKeys({ keys }, 'jwk-set+json', passphrase) }
  await writeFile(file, `${JSON.stringify(secret, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' })
  await writeFile(publicPart, `${JSON.stringify({ keys: toPublicKeys(keys) }, undefined, 2)}\n`, { flag: 'wx' })
  return describeMade(file, publicPart)
}

/** Says what the keys of two files that were made together do. */
async function describeMade(file: string, publicPart: string): Promise<readonly string[]> {
  const missing = [file, publicPart].find((path) => !existsSync(path))
  if (missing !== undefined) {
    const there = missing === file ? publicPart : file
    throw new Error(
      `${missing}: expected it beside ${there}, with which it was made; it is not there. Bring it back, or name another file`,
    )
  }
  await readKeyFile(file)
  const { sealing, signing } = await nameFile(publicPart, 'Bring back the one that was made', async () =>
    readPublicKeys(await readFile(publicPart, 'utf8')),
  )
  return [
    ...sealing.map(({ kid }) => `${kid}  opens what is sealed to it`),
    ...signing.map(({ kid }) => `${kid}  signs requests`),
    `public part: ${publicPart}`,
  ]
}

/**
 * Does something with a file. What is wrong with a document in it is said with the file's name and what helps.
 * @param remedy what a person can do, as a sentence without its full stop.
 * @throws {DocumentError} for one that `work` threw.
 */
export async function nameFile<Value>(file: string, remedy: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error
    throw new DocumentError(`${file}: ${error.message}. ${remedy}`, { cause: error })
  }
}

/**
 * Opens key files. The keys of the first file come first; older files open what was sealed to them.
 * @param passphraseFile a file with the passphrase in its first line, for all of them; without it, the person is asked.
 * @throws {Error} if a file is missing or of another form, others may read it, or the passphrase is wrong. The message names the remedy.
 */
export async function openRevealKeyFiles(
  files: readonly string[],
  passphraseFile: string | undefined,
  io: PassphraseIo,
): Promise<RevealPrivateKeys> {
  const all: RevealPrivateKeys[] = []
  for (const file of files) all.push(await openOne(file, passphraseFile, io))
  return {
    sealing: all.flatMap(({ sealing }) => sealing),
    signing: all.flatMap(({ signing }) => signing),
    verifying: all.flatMap(({ verifying }) => verifying),
  }
}

async function openOne(file: string, passphraseFile: string | undefined, io: PassphraseIo): Promise<RevealPrivateKeys> {
  const data = await readKeyFile(file)
  await checkPrivate(file)
  const keys = 'keys' in data ? data : await decryptKeys(file, data.encryptedKeys, passphraseFile, io)
  return nameFile(file, REMEDY, () => readPrivateKeys(JSON.stringify(keys)))
}

const REMEDY = 'Make one with the command key'

async function readKeyFile(file: string): Promise<z.infer<typeof KEY_FILE>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file}: expected a file of keys; it cannot be read: ${describeFileError(error)}. ${REMEDY}`)
  })
  const { data } = KEY_FILE.safeParse(parseJson(text))
  if (data !== undefined) return data
  throw new Error(`${file}: expected the secret file that the command key made; came another file. ${REMEDY}`)
}

/**
 * The two files of a reveal (docs/design/trust.md, Reveal): the approval, which opens only with the authority's reveal key, and the answer, which
 * opens only with the auditor's. Both prove that the entry of the reveal is in the authority's log.
 */

const PROOF = z.string().max(40_000)
const JWE = z.string().max(4_096)
const LOGGED = {
  v: z.literal(1),
  /** The auditor's signed request. */
  request: z.string().max(MAX_REVEAL_REQUEST_LENGTH),
  /** The C2SP tlog-proofs of the entries `officer-seal` and `reveal`, each with its entry. */
  seal: PROOF,
  reveal: PROOF,
  /** The proofs of rotations of the log's key, oldest first. */
  rotations: z.array(PROOF).max(64).readonly(),
}
const APPROVAL = z.strictObject({ ...LOGGED, kind: z.literal('istmo-reveal-approval'), salt: JWE })
const ANSWER = z.strictObject({ ...LOGGED, kind: z.literal('istmo-reveal-answer'), share: JWE })

/** What the authority's machine gives to the security officer: the salt of the seal, sealed to the authority's reveal key. */
export type RevealApproval = Readonly<z.infer<typeof APPROVAL>>
/** What the security officer gives to the auditor: the authority's share. */
export type RevealAnswer = Readonly<z.infer<typeof ANSWER>>

/**
 * Reads the file of an approval.
 * @throws {Error} with the name of the file, if it is not one.
 */
export function readApproval(file: string): Promise<RevealApproval> {
  const what = 'an approval as `istmo reveal approve` writes it'
  return parseFile(file, (text) => parseDocument(APPROVAL, Buffer.from(text), what))
}

/**
 * Reads the file of an answer.
 * @throws {Error} with the name of the file, if it is not one.
 */
export function readAnswerFile(file: string): Promise<RevealAnswer> {
  const what = 'an answer as `istmo reveal share` writes it'
  return parseFile(file, (text) => parseDocument(ANSWER, Buffer.from(text), what))
}

/** A reveal that is in the authority's log. */
interface LoggedReveal {
  readonly request: RevealRequest
  readonly seal: EntryOf<'officer-seal'>
  readonly reveal: EntryOf<'reveal'>
  /** The index of the reveal's entry. */
  readonly index: number
}

/**
 * Checks that a reveal is in the authority's log, and that all of it is about one request and one officer.
 * @param signing the auditor's keys of signatures
 * @throws {DocumentError} that says what was expected and what came.
 */
export async function checkLogged(
  file: RevealApproval | RevealAnswer,
  signing: readonly RevealKey[],
  policies: readonly Policy[],
): Promise<LoggedReveal> {
  const request = await verifyRevealRequest(file.request, signing)
  const policy = findPolicy(file, policies)
  const { entry: seal } = readProved('officer-seal', file.seal, policy)
  const { entry: reveal, index } = readProved('reveal', file.reveal, policy)
  const { about } = request.claims
  if (reveal.seal !== seal.id || reveal.officer !== seal.officer || reveal.origin !== seal.origin) {
    throw new DocumentError('expected a reveal of the officer of this seal; came one of another')
  }
  if (reveal.request !== request.hash || reveal.key !== request.kid) {
    throw new DocumentError('expected the reveal that answers this request; came one of another request')
  }
  if ('ref' in about && about.ref !== seal.officer) {
    throw new DocumentError('expected the officer of the ref in the request; came another')
  }
  return { request, seal, reveal, index }
}

/** Finds the trust policy that names the log of the proofs, with the keys that replaced the log's key. */
function findPolicy({ reveal, rotations }: RevealApproval | RevealAnswer, policies: readonly Policy[]): Policy {
  const origin = readUncheckedCheckpoint(parseProof(reveal).checkpoint)?.origin
  const own = policies.find(({ logs }) => logs.some(({ verifier }) => verifier.name === origin))
  if (own === undefined) {
    throw new Error('expected a trust policy that names the authority’s log; none does. Give it with --policy')
  }
  return followAll(own, rotations.map(parseRotation))
}

/** Checks the proof of an entry of one kind, which holds the entry, and that the log is the one that the entry names. */
function readProved<Kind extends 'officer-seal' | 'reveal'>(
  kind: Kind,
  proof: string,
  policy: Policy,
): { readonly entry: EntryOf<Kind>; readonly index: number } {
  const { extra, index } = parseProof(proof)
  if (extra === undefined) throw new DocumentError('expected proofs with their entries; one has none')
  const { findings, report } = checkProof(proof, extra, policy)
  const [finding] = findings
  if (finding !== undefined) {
    const came = `${finding.kind}: expected ${finding.expected}, came ${finding.came}`
    throw new DocumentError(`expected proofs that hold under the trust policy; ${came}`)
  }
  const entry = parseEntry(extra)
  if (entry.kind !== kind) {
    throw new DocumentError('expected the entries officer-seal and reveal; came entries of other kinds')
  }
  if (!isInOwnLog(entry, report)) {
    throw new DocumentError(`expected entries of the log ${entry.origin}, which they name; came entries of another`)
  }
  return { entry: entry as EntryOf<Kind>, index }
}

function parseProof(proof: string): ReturnType<typeof parseTlogProof> {
  try {
    return parseTlogProof(proof)
  } catch (cause) {
    throw new DocumentError('expected C2SP tlog-proofs; came another text', { cause })
  }
}

/** Describes a reveal for whoever decides about it: who asks, about whom, and why. */
export function describeReveal({ reveal, index }: LoggedReveal): string {
  const { auditor, key, about, officer, reason, time, origin } = reveal
  const sought = `${about.kind.toLowerCase()} ${about.value}${about.audience === null ? '' : ` at ${about.audience}`}`
  const lines = [
    ['auditor', auditor],
    ['key', key],
    ['asks about', sought],
    ['officer', officer],
    ['reason', reason],
    ['entry', `${index} of ${origin}, ${time}`],
  ]
  return lines.map(([label = '', text = '']) => `${label.padEnd(11)}${text}`).join('\n')
}
