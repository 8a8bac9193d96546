import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isCountryCode } from '../../contract/country-code.ts'
import { DOMAINS } from '../../contract/domain.ts'
import { parseJson } from '../../contract/json-value.ts'
import { LEG_TOKEN_USES } from '../../contract/leg-token.ts'
import { replaceFile } from '../../service/replace-file.ts'
import { UsageError } from '../../service/usage-error.ts'
import { makeTestKey, readTestKey, type TestKey, writeTestKey } from './test-keys.ts'
import type { TestMandate } from './test-mandates.ts'

/** Who the checks ask as: a test gateway, and officers of a test authority. A node that is started for the checks believes both. */

/** The name of the test gateway: `iss` of its leg tokens. */
export const TEST_GATEWAY = 'istmo-conformance'
/** The test authority: `iss` of its country tokens. The name is reserved (RFC 2606), so it is nobody's. */
export const TEST_AUTHORITY = 'https://authority.conformance.example'
/** The country of the test officers: Antarctica, which has no prosecutors. */
export const OFFICERS_COUNTRY = 'AQ'
/** The agency of the test officers, and one that no country lists. */
export const TEST_AGENCY = 'AQ-CONFORMANCE'
/** An agency that the country's file does not list. */
export const STRANGE_AGENCY = 'AQ-NOT-LISTED'
/** The task force with which no record of a country is shared by name. A second one that sees records is named by the country. */
export const OTHER_TASK_FORCE = 'conformance-other'

/** How many rows a day the node gives one test officer. A page of 100 records with what hangs on them has fewer. */
export const TEST_ROWS_PER_DAY = 2_000
/** How many legs one signed question may take at the node. */
export const TEST_LEGS_PER_QUESTION = 30

/** What the country's own rules say of the contract, as far as the checks must know it. */
const factsSchema = z.strictObject({
  country: z.string().refine(isCountryCode),
  /** The task force whose records the checks read. */
  taskForce: z.string().min(1),
  /** Another task force of the country, which sees other records; null: the checks that need it are not tried. */
  secondTaskForce: z.string().min(1).nullable().default(null),
  /** The contract's coordinates that the country does not publish. */
  notPublished: z.array(z.string()).readonly(),
  /** Each scope and policy that the contract or the country's SDL names. */
  scopes: z.array(z.string()).readonly(),
  policies: z.array(z.string()).readonly(),
  legTokens: z.enum(LEG_TOKEN_USES),
})
/** What the country's own rules say of the contract, as far as the checks must know it. */
export type RulesFacts = Readonly<z.output<typeof factsSchema>>

/** The test identity. */
export interface Identity extends RulesFacts {
  readonly gateway: TestKey
  readonly authority: TestKey
  /** A key that nobody believes. */
  readonly stranger: TestKey
  readonly mandates: readonly TestMandate[]
}

/** The name of the file in a prepared folder. It is secret: whoever has it can ask the node that believes it. */
const FILE = 'identity.json'

const jwk = z.record(z.string(), z.unknown())
const identitySchema = factsSchema.extend({
  domains: z.array(z.enum(DOMAINS)),
  gateway: jwk,
  authority: jwk,
  mandates: z.array(
    z.strictObject({
      taskForce: z.string(),
      hash: z.string(),
      notAfter: z.string(),
      proof: z.looseObject({}),
      isOfCase: z.boolean(),
    }),
  ),
})

/** Writes an identity into a folder. Only its owner can read the file. */
export async function writeIdentity(folder: string, identity: Identity, domains: readonly string[]): Promise<void> {
  const { gateway, authority, stranger: _, ...facts } = identity
  const text = { ...facts, domains, gateway: writeTestKey(gateway), authority: writeTestKey(authority) }
  await replaceFile(join(folder, FILE), `${JSON.stringify(text)}\n`)
}

/**
 * Reads the identity of a prepared folder, and for which domains it was prepared.
 * @throws {UsageError} if the folder is not one. The message says how to make one.
 */
export async function readIdentity(
  folder: string,
): Promise<{ readonly identity: Identity; readonly domains: readonly (typeof DOMAINS)[number][] }> {
  const path = join(folder, FILE)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  const parsed = identitySchema.safeParse(text === undefined ? undefined : parseJson(text))
  if (!parsed.success) {
    const came =
      text === undefined ? 'no such file' : `another form at ${parsed.error.issues[0]?.path.join('.') || 'its top'}`
    throw new UsageError(
      `--keys: expected a folder that «istmo conformance --prepare» made, with ${path}; came ${came}. Run «istmo conformance --prepare ${folder}» first`,
    )
  }
  const { domains, gateway, authority, mandates, ...facts } = parsed.data
  const identity = {
    ...facts,
    gateway: await readTestKey(gateway),
    authority: await readTestKey(authority),
    stranger: await makeTestKey(),
    mandates: mandates as unknown as readonly TestMandate[],
  }
  return { identity, domains }
}
