import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { MAX_SHARES } from '../../contract/audit-log/reveal-entries.ts'
import { DocumentError } from '../../contract/trust/personal-jws.ts'
import { type RevealKey, type RevealKeys, readPublicKeys } from '../../contract/trust/reveal/reveal-keys.ts'
import { ConfigError } from '../../service/config-error.ts'
import { describeFileError } from '../../service/describe-error.ts'

const path = z.string().min(1)
const post = z.strictObject({ agency: z.string().min(1), role: z.string().min(1) })

/** How officers are revealed: `reveal` in the settings. */
export const revealSchema = z.strictObject({
  /** The public part of the authority's reveal key. The security officer keeps the secret part, and not on this machine. */
  key: path,
  /** The auditors: a name, and the public parts of their keys. A new file is added at a rotation, and the old one stays as long as it is needed. */
  auditors: z
    .array(
      z.strictObject({
        name: z
          .string()
          .max(200)
          .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'expected a name of one line'),
        keys: z.array(path).min(1).max(8),
      }),
    )
    .min(1)
    .max(8),
  /** Who may approve a request, as the login provider's token says. */
  approvers: z.array(post).min(1),
})

/** How officers are revealed, with absolute paths. */
export type RevealSettings = Readonly<z.infer<typeof revealSchema>>

/** An auditor whose requests the authority takes. */
export interface PinnedAuditor {
  readonly name: string
  readonly keys: RevealKeys
}

/** The keys by which officers are sealed and revealed now. */
export interface RevealPins {
  readonly authority: RevealKey
  readonly auditors: readonly PinnedAuditor[]
  readonly approvers: RevealSettings['approvers']
}

/**
 * Reads the public keys that the settings name. Null without `reveal`.
 * @throws {ConfigError} if a file cannot be used. The message names the file, what was expected and the remedy.
 */
export async function readRevealPins(settings: RevealSettings | undefined): Promise<RevealPins | null> {
  if (settings === undefined) return null
  const [authority, ...others] = (await readKeyFile(settings.key, 'reveal.key', 'istmo reveal key')).sealing
  if (authority === undefined || others.length > 0) {
    throw wrong(settings.key, 'reveal.key', 'one key that one seals to', 'istmo reveal key')
  }
  const auditors = await Promise.all(settings.auditors.map(readAuditor))
  const names = new Set(auditors.map(({ name }) => name))
  const kids = auditors.flatMap(({ keys }) => [...keys.sealing, ...keys.signing].map(({ kid }) => kid))
  if (names.size < auditors.length || new Set([...kids, authority.kid]).size <= kids.length) {
    throw new ConfigError(
      'reveal.auditors: expected each name and each key once; one came twice. The authority and each auditor need keys of their own.',
    )
  }
  const shares = auditors.reduce((sum, { keys }) => sum + keys.sealing.length, 0)
  if (shares > MAX_SHARES) {
    throw new ConfigError(
      `reveal.auditors: expected at most ${MAX_SHARES} keys that one seals to; came ${shares}. Remove old files of keys.`,
    )
  }
  return { authority, auditors, approvers: settings.approvers }
}

async function readAuditor({ name, keys: files }: RevealSettings['auditors'][number]): Promise<PinnedAuditor> {
  const read = await Promise.all(files.map((file) => readKeyFile(file, 'reveal.auditors', 'istmo audit reveal key')))
  const keys = { sealing: read.flatMap(({ sealing }) => sealing), signing: read.flatMap(({ signing }) => signing) }
  if (keys.sealing.length > 0 && keys.signing.length > 0) return { name, keys }
  throw wrong(
    files[0] ?? '',
    'reveal.auditors',
    'a key that one seals to, and one that signs',
    'istmo audit reveal key',
  )
}

async function readKeyFile(file: string, setting: string, command: string): Promise<RevealKeys> {
  try {
    return await readPublicKeys(await readFile(file, 'utf8'))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === undefined && !(cause instanceof DocumentError)) throw cause
    const expected = code === undefined ? describeFileError(cause) : `a file; ${describeFileError(cause)}`
    throw wrong(file, setting, expected, command, cause)
  }
}

function wrong(file: string, setting: string, expected: string, command: string, cause?: unknown): ConfigError {
  const what = expected.replace(/^expected /, '')
  return new ConfigError(`${file}: expected ${what}. Correct ${setting}: \`${command}\` writes FILE.jwks.json.`, {
    cause,
  })
}
