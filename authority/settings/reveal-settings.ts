import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { MAX_SHARES } from '../../contract/audit-log/authority-entries.ts'
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

/** What a setting needs of its files of keys, and the command that writes them. */
const OWN = { setting: 'reveal.key', expected: 'one key that one seals to', command: 'istmo reveal key' } as const
const AUDITORS = {
  setting: 'reveal.auditors',
  expected: 'a key that one seals to, and one that signs',
  command: 'istmo audit reveal key',
} as const

/**
 * Reads the public keys that the settings name. Null without `reveal`.
 * @throws {ConfigError} if a file cannot be used. The message names the file, what was expected and the remedy.
 */
export async function readRevealPins(settings: RevealSettings | undefined): Promise<RevealPins | null> {
  if (settings === undefined) return null
  const [authority, ...others] = (await readKeyFile(settings.key, OWN)).sealing
  if (authority === undefined || others.length > 0) throw wrong(settings.key, OWN)
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
  const read = await Promise.all(files.map((file) => readKeyFile(file, AUDITORS)))
  const keys = { sealing: read.flatMap(({ sealing }) => sealing), signing: read.flatMap(({ signing }) => signing) }
  if (keys.sealing.length > 0 && keys.signing.length > 0) return { name, keys }
  throw wrong(files[0] ?? '', AUDITORS)
}

function readKeyFile(file: string, needs: typeof OWN | typeof AUDITORS): Promise<RevealKeys> {
  const reading = readFile(file, 'utf8').catch((cause: unknown) => {
    throw wrong(file, { ...needs, expected: `a file; ${describeFileError(cause)}` }, cause)
  })
  return reading.then(readPublicKeys).catch((cause: unknown) => {
    if (!(cause instanceof DocumentError)) throw cause
    throw wrong(file, { ...needs, expected: cause.message.replace(/^expected /, '') }, cause)
  })
}

function wrong(file: string, needs: Readonly<Record<keyof typeof OWN, string>>, cause?: unknown): ConfigError {
  const { expected, setting, command } = needs
  return new ConfigError(`${file}: expected ${expected}. Correct ${setting}: \`${command}\` writes FILE.jwks.json.`, {
    cause,
  })
}
