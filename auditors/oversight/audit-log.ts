import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { type PseudonymKeys, pseudonymOf } from '../../audit/pseudonym/pseudonym.ts'
import { commitTo, SALT_BYTES } from '../../audit/salts/slot.ts'
import type { Caller, Grounds } from '../../contract/access-token.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { readAuditLogKeys, readLogSigner } from '../../service/audit-log/key-files.ts'
import { type EntryBase, type OwnEntries, openRecorder } from '../../service/audit-log/recorder.ts'
import { createLogWitnesses, readTrustPolicy } from '../../service/audit-log/witnessed-log.ts'
import { ConfigError } from '../../service/config-error.ts'
import { readSecretFiles } from '../../service/dangers.ts'
import { describeOpenSecret, isSecretOpen } from '../../service/private-files.ts'
import type { OversightSettings } from './config.ts'

/** One reading of the audit logs, at its end. */
export interface Reading {
  readonly caller: Caller
  readonly grounds: Grounds | null
  /** The country whose entries the caller may see; null for all. */
  readonly country: string | null
  /** The requested operation; null if the request was rejected before its operation was read. */
  readonly operation: Pick<NonNullable<EntryOf<'oversight'>['operation']>, 'name' | 'documentHash' | 'graph'> | null
  /** What the operation's hash leaves out. The entry has a commitment to it. */
  readonly variables: unknown
  /** How many entries the answer shows. */
  readonly entries: number
}

/** Oversight's own audit log: it says who read audit logs. */
export type OversightAuditLog = Awaited<ReturnType<typeof openOversightAuditLog>>

/**
 * Opens oversight's own audit log, after its witnesses have said that it was not set back, and writes its `start` entry.
 * @param now the time in milliseconds since the epoch.
 * @throws {ConfigError} if a file with keys or the trust policy cannot be used, if other users can use the keys, or if a witness proves that the log was
 * set back.
 * @throws {FolderInUseError} if another process has the folder.
 * @throws {LogDamagedError} if the log does not add up.
 */
export async function openOversightAuditLog(
  settings: Pick<OversightSettings, 'auditLog' | 'auditLogKey' | 'refKeys' | 'trustPolicy'>,
  version: string,
  log: Logger,
  now: () => number,
) {
  const { auditLog, auditLogKey, refKeys } = settings
  const { signer, refKeys: keys } = await readAuditLogKeys(
    { key: auditLogKey, refKeys },
    { key: 'auditLogKey', refKeys: 'refKeys' },
  )
  await rejectOpenSecrets({ auditLogKey, refKeys })
  const policy = await readTrustPolicy(settings.trustPolicy)
  const witnesses = createLogWitnesses({ policy, consequence: 'no answer leaves any more', log, now })
  const gateway = signer.verifier.name
  const ownEntries: OwnEntries = {
    start: (base, repairs) => ({ ...base, gateway, kind: 'start', version, repairs }),
    rejections: (base, count) => ({ ...base, gateway, kind: 'refusals', ...count }),
    stop: (base) => ({ ...base, gateway, kind: 'stop' }),
  }
  const opened = await openRecorder({
    folder: auditLog,
    signer,
    hasSalts: true,
    ownEntries,
    log,
    now,
    readSigner: () => readLogSigner(auditLogKey, 'auditLogKey'),
    beforeStart: witnesses.beforeStart,
  })
  const recorder = witnesses.guard(opened)
  const running = witnesses.begin(recorder.entries)
  return {
    /** Writes a reading. Resolves when its entry is durable; the answer must not leave before. */
    async note(reading: Reading) {
      const base = recorder.newBase()
      const salt = randomBytes(SALT_BYTES)
      const entry = { ...base, gateway, ...describeReading(reading, salt, keys) }
      await recorder.append([entry], [{ id: base.id, salt }])
    },
    /** Counts a rejection before the caller was known. */
    countRejection: recorder.countRejection,
    /** Whether an entry could be written a moment ago, and the disk has room. */
    isReady: async () => (await recorder.unready()) === null,
    /** Writes the counted rejections and a `stop` entry, and releases the folder. */
    async close() {
      await running.close()
      await recorder.close()
    },
  }
}

/** Rejects keys that other users can use. @throws {ConfigError} with the remedy for each file. */
async function rejectOpenSecrets(files: Readonly<Record<string, string>>): Promise<void> {
  const open = (await readSecretFiles(files)).filter((file) => isSecretOpen(file))
  if (open.length === 0) return
  const found = open.map(({ setting, file }) => describeOpenSecret(setting, file))
  throw new ConfigError(found.map(({ danger, remedy }) => `${danger}. ${remedy}`).join('\n'))
}

function describeReading(
  { caller, grounds, country, operation, variables, entries }: Reading,
  salt: Uint8Array,
  keys: PseudonymKeys,
): Omit<EntryOf<'oversight'>, keyof EntryBase | 'gateway'> {
  return {
    kind: 'oversight',
    channel: 'GRAPHQL',
    country,
    entries,
    operation: operation && { ...operation, variables: commitTo(variables, salt), cost: null },
    actor: actorOf(caller, pseudonymOf('actor', `${caller.issuer} ${caller.subject}`, keys)),
    grounds: {
      taskForce: label(caller.mandate?.task_force),
      purpose: grounds?.purpose ?? null,
      legalBasis: (grounds?.legalBasis ?? []).flatMap((basis) => label(basis) ?? []),
      caseRef: grounds?.case === undefined ? null : pseudonymOf('case', grounds.case, keys),
    },
  }
}

function actorOf({ organisation, scopes, client, tokenId, tokenHash, assurance }: Caller, ref: string) {
  return {
    country: organisation?.country ?? null,
    agency: label(organisation?.agency),
    role: label(organisation?.role),
    scopes: scopes.flatMap((scope) => label(scope) ?? []),
    ref,
    client: label(client),
    tokenId: label(tokenId),
    ...(tokenHash !== undefined && { tokenHash }),
    assurance: label(assurance),
  }
}

function label(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text.slice(0, 200)
}
