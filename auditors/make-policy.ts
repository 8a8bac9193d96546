import { hash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { type NoteVerifier, parseVerifierKey, SIGNATURE_TYPES, type SignatureType } from '../audit/note/key.ts'
import { parsePolicy } from '../audit/note/policy.ts'
import { parseJson } from '../contract/json-value.ts'
import { LIST, matching, NEEDED, NEEDED_LIST } from '../service/command-texts.ts'
import { describeError, describeFileError } from '../service/describe-error.ts'
import { readBounded } from '../service/http/read-bounded.ts'
import { createTrustedFetch } from '../service/http/trusted-fetch.ts'
import { defineAudit } from './command.ts'

/** A verifier key within a text: a name, eight hexadecimal digits and Base 64, separated by pluses. */
const VERIFIER_KEY = /[^\s"'<>+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{40,}=*/g

/** How long the owner of a key may take to answer, in milliseconds. */
const FETCH_TIMEOUT_MS = 10_000

/** The largest page or file with a key, in bytes. */
const MAX_SOURCE_BYTES = 1_000_000

/** The part of a gateway's `/status` that says which key its own log has. `auditLog` is null if it keeps none. */
const STATUS = z.object({ auditLog: z.object({ vkey: z.string().optional() }).nullable() })

/** A key, and where it came from. */
interface FoundKey {
  readonly verifier: NoteVerifier
  readonly source: string
}

interface FoundWitness extends FoundKey {
  readonly name: string
  /** The submission prefix of the witness, if the key came from it. */
  readonly url: string | undefined
}

/** `istmo audit make-policy`: an auditor's own trust policy, from the keys as their owners publish them. */
export const makePolicyCommand = defineAudit(
  'make-policy',
  {
    options: {
      log: NEEDED_LIST,
      witness: { ...LIST, ...matching(/^[^=\s]+=./) },
      quorum: { parse: (text: string) => (/^[1-9]\d{0,2}$/.test(text) ? Number(text) : undefined) },
      out: NEEDED,
    },
  },
  async ({ log, witness, quorum, out }, io) => {
    const logs = await Promise.all(log.map((source) => findKey(source, SIGNATURE_TYPES.ed25519)))
    const witnesses = await Promise.all(witness.map(findWitness))
    const threshold = witnesses.length === 0 ? 0 : (quorum ?? leastQuorum(witnesses.length))
    const text = writePolicy(logs, witnesses, threshold, new Date(io.now()).toISOString())
    // What was written can be read again, or it is not written.
    parsePolicy(text)
    await writeFile(out, text, { flag: 'wx' }).catch((error: unknown) => {
      throw new Error(`${out}: cannot be written: ${describeFileError(error)}; expected a file that does not exist`)
    })
    const keys = [...logs, ...witnesses]
    return {
      verdict: 'HOLDS',
      text: [
        ...keys.map(({ verifier, source }) => `${verifier.name}  ${fingerprint(verifier)}  from ${source}`),
        `${out}: written. Compare each fingerprint with its owner by another way: by telephone, or on paper.`,
      ].join('\n'),
      json: {
        out,
        quorum: threshold,
        keys: keys.map(({ verifier, source }) => ({ vkey: verifier.vkey, fingerprint: fingerprint(verifier), source })),
      },
    }
  },
)

/** Returns the least number of witnesses so that any two quorums share at least two of them: one may be captured. */
function leastQuorum(witnesses: number): number {
  return Math.min(witnesses, Math.floor((witnesses + 3) / 2))
}

async function findWitness(text: string): Promise<FoundWitness> {
  const at = text.indexOf('=')
  const [name, source] = [text.slice(0, at), text.slice(at + 1)]
  const isUrl = isWebAddress(source)
  const prefix = isUrl && !source.endsWith('/') ? `${source}/` : source
  const found = await findKey(isUrl ? `${prefix}vkey` : source, SIGNATURE_TYPES.cosignature)
  return { ...found, name, url: isUrl ? prefix : undefined }
}

/** Finds the one key of a type in a text, a file or a page. @throws {Error} if there is none, or more than one. */
async function findKey(source: string, type: SignatureType): Promise<FoundKey> {
  const text = readOwnKey(await readSource(source))
  const keys = [...new Set(text.match(VERIFIER_KEY) ?? [])].flatMap((vkey) => readKey(vkey, type))
  const [verifier, ...others] = keys
  if (verifier !== undefined && others.length === 0) return { verifier, source }
  const what = type === SIGNATURE_TYPES.ed25519 ? 'of a log' : 'of a witness'
  throw new Error(`${source}: expected one verifier key ${what}; came ${verifier === undefined ? 'none' : keys.length}`)
}

/** Returns of a gateway's `/status`, which also has the keys of countries' logs, the key of its own log; any other text as it is. */
function readOwnKey(text: string): string {
  const { data: status } = STATUS.safeParse(parseJson(text))
  return status === undefined ? text : (status.auditLog?.vkey ?? '')
}

function readKey(vkey: string, type: SignatureType): readonly NoteVerifier[] {
  try {
    const verifier = parseVerifierKey(vkey)
    return verifier.type === type ? [verifier] : []
  } catch {
    return []
  }
}

async function readSource(source: string): Promise<string> {
  if (isWebAddress(source)) return fetchText(source)
  if (new RegExp(`^${VERIFIER_KEY.source}$`).test(source)) return source
  return readFile(source, 'utf8').catch((error: unknown) => {
    throw new Error(
      `${source}: expected a verifier key, or a file or URL with one; the file cannot be read: ${describeFileError(error)}`,
    )
  })
}

async function fetchText(url: string): Promise<string> {
  try {
    const response = await createTrustedFetch()(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
    if (!response.ok) throw new Error(`came HTTP ${response.status}`)
    return await readBounded(response, MAX_SOURCE_BYTES, 'a page')
  } catch (error) {
    throw new Error(`${url}: expected a page with a verifier key; ${describeError(error)}`)
  }
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\//.test(text)
}

/** Returns a fingerprint that two people can compare aloud: half of the SHA-256 of the key, in groups of four digits. */
function fingerprint({ vkey }: NoteVerifier): string {
  return (hash('sha256', vkey).slice(0, 32).match(/.{4}/g) ?? []).join(' ')
}

function writePolicy(
  logs: readonly FoundKey[],
  witnesses: readonly FoundWitness[],
  threshold: number,
  time: string,
): string {
  const quorum =
    witnesses.length === 0
      ? ['quorum none']
      : [`group witnesses ${threshold} ${witnesses.map(({ name }) => name).join(' ')}`, 'quorum witnesses']
  return `${[
    `# Made on ${time}. The name of each source stands above its key.`,
    ...logs.flatMap(({ verifier, source }) => [`# ${source}`, `log ${verifier.vkey}`]),
    ...witnesses.flatMap(({ name, verifier, source, url }) => [
      `# ${source}`,
      `witness ${name} ${verifier.vkey}${url === undefined ? '' : ` ${url}`}`,
    ]),
    ...quorum,
  ].join('\n')}\n`
}
