import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { ConfigError } from '../service/config-error.ts'

const path = z.string().min(1)

/** The settings of the auditors' GraphQL: a YAML file with these keys. Paths are from the file's folder. */
const settingsSchema = z.strictObject({
  /** Where it listens. */
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(4111),
  /** The address under which auditors reach it, without a path: what DPoP proofs must be made for. Default: where it listens. */
  publicUrl: z.url().optional(),
  /** The file of issuers, in the gateway's form (docs/operating.md). */
  issuers: path,
  /** The logs that are read: folders of records or logs, or URLs of logs. One that is not there yet is looked for again. */
  logs: z.array(path).min(1),
  /** Trust policies (C2SP tlog-policy) that know the logs' keys. */
  policies: z.array(path).min(1),
  /** The index: a folder for an embedded PostgreSQL, or the postgres:// URL of a server. Not the gateway's, and no country's. */
  database: path,
  /** The folder of its own audit log, in which each reading is an entry. It is made if it does not exist. */
  auditLog: path,
  /** The signer key of its own log. */
  auditLogKey: path,
  /** The keys of pseudonyms in its own record. */
  refKeys: path,
  /** Agencies, as `org.agency` names them, whose auditors see all; others see what touched their country. */
  regionalAgencies: z.array(z.string().min(1)).default([]),
  /** How often the logs are looked at anew, in seconds. */
  followEverySeconds: z.number().min(0.1).max(3_600).default(5),
})

/** Its settings, read; paths absolute. */
export type OversightSettings = Readonly<z.infer<typeof settingsSchema>>

/** Reads the settings. @throws {ConfigError} naming file and setting. */
export async function readOversightSettings(file: string): Promise<OversightSettings> {
  const parsed = settingsSchema.safeParse(await readYaml(file))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new ConfigError(`${file}: ${issue?.path.join('.') || '(the whole)'}: ${issue?.message}`)
  }
  const from = (value: string) => (/^[a-z]+:\/\//.test(value) ? value : resolve(dirname(file), value))
  const { issuers, logs, policies, database, auditLog, auditLogKey, refKeys, ...rest } = parsed.data
  return Object.freeze({
    ...rest,
    ...{ issuers: from(issuers), logs: logs.map(from), policies: policies.map(from), database: from(database) },
    ...{ auditLog: from(auditLog), auditLogKey: from(auditLogKey), refKeys: from(refKeys) },
  })
}

async function readYaml(file: string): Promise<unknown> {
  try {
    return parseYaml(await readFile(file, 'utf8'))
  } catch (error) {
    throw new ConfigError(`${file}: expected a YAML file: ${(error as Error).message.split('\n')[0]}`)
  }
}
