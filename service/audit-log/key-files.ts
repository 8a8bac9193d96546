import { type NoteSigner, parseSignerFile } from '../../audit/note/key.ts'
import { type PseudonymKeys, parseKeys } from '../../audit/pseudonym/pseudonym.ts'
import { readSetting } from '../read-setting.ts'

/** The files with the secret keys of an audit log. */
export interface AuditLogKeyFiles {
  /** The signer key of the log's checkpoints (C2SP signed note). Its name is the log's origin. */
  readonly key: string
  /** The keys of the pseudonyms in the log. A person who has them can find out which persons and records its entries are about. */
  readonly refKeys: string
}

/** How the operator sets both files, for error messages. The gateway and the node have the same flags. */
export const AUDIT_LOG_KEY_FLAGS: AuditLogKeyFiles = {
  key: '--audit-log-key (AUDIT_LOG_KEY_FILE)',
  refKeys: '--audit-log-ref-keys (AUDIT_LOG_REF_KEYS_FILE)',
}

/** Reads the name of an audit log from the file of its signer key. @throws {ConfigError} if the file cannot be used. */
export async function readLogName(keyFile: string): Promise<string> {
  const signer = await readLogSigner(keyFile)
  return signer.verifier.name
}

/** Reads the signer key by itself. @throws {ConfigError} if the file cannot be used. */
export function readLogSigner(file: string, setting: string = AUDIT_LOG_KEY_FLAGS.key): Promise<NoteSigner> {
  return readSetting(file, setting, parseSignerFile)
}

/** Reads the keys of the pseudonyms by themselves. @throws {ConfigError} if the file cannot be used. */
export function readRefKeys(file: string): Promise<PseudonymKeys> {
  return readSetting(file, AUDIT_LOG_KEY_FLAGS.refKeys, parseKeys)
}

/**
 * Reads the keys of an audit log.
 * @param settings how the operator sets each file.
 * @throws {ConfigError} if a file cannot be used. The message names the file and its setting.
 */
export async function readAuditLogKeys(
  files: AuditLogKeyFiles,
  settings: AuditLogKeyFiles = AUDIT_LOG_KEY_FLAGS,
): Promise<{ readonly signer: NoteSigner; readonly refKeys: PseudonymKeys }> {
  const signer = await readLogSigner(files.key, settings.key)
  return { signer, refKeys: await readSetting(files.refKeys, settings.refKeys, parseKeys) }
}
