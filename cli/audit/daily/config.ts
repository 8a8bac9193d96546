import { dirname, resolve } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { readText } from '../inputs.ts'

const path = z.string().min(1)

const SCHEMA = z.strictObject({
  /** The log of the operator who runs this: its folder, or the home of the audit log. It receives the results. */
  ownLog: path,
  /** The file of its signer key, which is needed if no process has the log open at the time. */
  ownKey: path,
  /** Trust policies (C2SP tlog-policy) that name the keys of all these logs. */
  policies: z.array(path).min(1),
  /** The logs to compare with: folders, URLs, or files of `istmo audit export`. */
  counterparts: z.array(path).min(1),
  /** The logs of the other gateways of the same officers, or of the other workers: a leg that one of them has is not missing in the gateway's. */
  siblings: z.array(path).default([]),
  /** The folder for what was compared already, and for the reports. It is created if it does not exist. */
  state: path,
  /** The first day to compare, if nothing was compared before. Default: yesterday. */
  firstDay: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/, 'expected a day such as 2026-11-24')
    .optional(),
  /** The country's erasable salts, so that the refs of records are compared with their hash. */
  salts: path.optional(),
})

/** The settings of `istmo audit daily`: a YAML file with these keys. Paths are absolute after they are read. */
export type DailySettings = Readonly<z.infer<typeof SCHEMA>>

/**
 * Reads the settings. Paths in the file are relative to the file's folder.
 * @throws {Error} if a setting is missing or wrong. The message names the file and the setting.
 */
export async function readDailySettings(file: string): Promise<DailySettings> {
  let value: unknown
  try {
    value = parseYaml(await readText(file))
  } catch (error) {
    throw new Error(`${file}: expected a YAML file; ${(error as Error).message.split('\n', 1).join()}`)
  }
  const parsed = SCHEMA.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const at = issue?.path.join('.') || '(the whole)'
    throw new Error(`${file}: ${at}: ${issue?.message}. docs/operating.md, Every day, has an example.`)
  }
  const from = (place: string) => (/^https?:\/\//.test(place) ? place : resolve(dirname(file), place))
  const { ownLog, ownKey, policies, counterparts, siblings, state, salts, firstDay } = parsed.data
  return Object.freeze({
    ownLog: from(ownLog),
    ownKey: from(ownKey),
    policies: policies.map(from),
    state: from(state),
    counterparts: counterparts.map(from),
    siblings: siblings.map(from),
    ...(salts !== undefined && { salts: from(salts) }),
    ...(firstDay !== undefined && { firstDay }),
  })
}
