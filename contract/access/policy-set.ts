import { createHash } from 'node:crypto'
import cedar, { type DetailedError } from '@cedar-policy/cedar-wasm/nodejs'
import type { Grounds, Mandate, Organisation } from '../access-token.ts'
import { GROUNDS_PARTS, type GroundsPart } from '../leg-token.ts'

/**
 * A country's Cedar policies, which decide the names of `@policy` (docs/design/access.md, The rules; docs.cedarpolicy.com). A
 * policy says with the annotation `@policy("name")` which name it decides. A `forbid` without this annotation applies to all names.
 * `@id("…")` is the policy's name in the audit log.
 */

/** The caller. In Cedar it is `Caller::"issuer subject"` with the attributes country, agency, role, client and scopes. */
export interface PolicyCaller {
  readonly issuer: string
  readonly subject: string
  readonly client?: string | undefined
  readonly assurance?: string | undefined
  readonly scopes: readonly string[]
  readonly organisation?: Organisation | undefined
  readonly mandate?: Mandate | undefined
}

/** One question: may the caller read the field at `coordinate` (`Field::"Case.narrative"`, action `Action::"read"`)? */
export interface PolicyQuestion {
  readonly caller: PolicyCaller
  readonly grounds: Grounds
  readonly policy: string
  readonly coordinate: string
  /** Milliseconds since the epoch: `context.time`. */
  readonly nowMs: number
}

/** A decision, and the ids of the policies that made it. Without a policy, or if a policy fails, the decision is a denial. */
export interface PolicyDecision {
  readonly isAllowed: boolean
  readonly decidedBy: readonly string[]
}

/** The policies of one country, parsed once. */
export interface PolicySet {
  /** The version of the policies: SHA-256 of their text, in hexadecimal digits. */
  readonly version: string
  /** The text of the policies. */
  readonly text: string
  /** Checks whether a policy decides this name. Without one, the name is denied to everybody. */
  decides(policy: string): boolean
  /** Decides a question. Never throws. */
  decide(question: PolicyQuestion): PolicyDecision
  /** Returns which parts of the grounds a policy for this name reads; without a name, which parts any policy reads. */
  reads(policy?: string): readonly GroundsPart[]
  /** Checks whether a policy for this name reads the time. Its decisions must then not be cached. */
  readsTime(policy: string): boolean
}

/**
 * Parses a country's policies.
 * @param country the country's code, which is part of the set's id in Cedar's store.
 * @param text Cedar policies. If it is empty, the set denies each `@policy`.
 * @throws {Error} if the text is not Cedar, has a template, an `@id` twice, or a `permit` without `@policy`.
 */
export function createPolicySet(country: string, text: string): PolicySet {
  const version = createHash('sha256').update(text).digest('hex')
  const policies = readPolicies(country, text)
  const names = new Set(policies.flatMap(({ name }) => (name === undefined ? [] : [name])))
  for (const name of names) prepare(setId(country, version, name), policies, name)
  return {
    version,
    text,
    decides: (policy) => names.has(policy),
    decide: (question) =>
      names.has(question.policy)
        ? decide(setId(country, version, question.policy), country, question)
        : { isAllowed: false, decidedBy: [] },
    reads(policy) {
      const deciding = policies.filter(({ name }) => policy === undefined || name === undefined || name === policy)
      return GROUNDS_PARTS.filter((part) => deciding.some(({ reads }) => reads.has(part)))
    },
    readsTime: (policy) => policies.some(({ name, readsTime }) => readsTime && (name === undefined || name === policy)),
  }
}

/** One policy of a text. */
interface ReadPolicy {
  readonly id: string
  /** The name that it decides; undefined for a `forbid` that applies to all names. */
  readonly name: string | undefined
  readonly text: string
  readonly readsTime: boolean
  readonly reads: ReadonlySet<string>
}

/**
 * Reads the policies of a text.
 * @throws {Error} for the same causes as {@link createPolicySet}.
 */
export function readPolicies(country: string, text: string): readonly ReadPolicy[] {
  const parts = cedar.policySetTextToParts(text)
  if (parts.type === 'failure')
    throw new Error(`${country}: expected Cedar policies: ${describeCedarErrors(parts.errors, text)}`)
  if (parts.policy_templates.length > 0) throw new Error(`${country}: expected policies without template slots.`)
  const read = parts.policies.map((policy, index) => readPolicy(country, policy, index))
  const ids = read.map(({ id }) => id)
  const duplicate = ids.find((id, index) => ids.indexOf(id) !== index)
  if (duplicate !== undefined) throw new Error(`${country}: expected each @id once; came "${duplicate}" twice.`)
  return read
}

function readPolicy(country: string, text: string, index: number): ReadPolicy {
  const answer = cedar.policyToJson(text)
  if (answer.type === 'failure')
    throw new Error(`${country}: expected a Cedar policy: ${describeCedarErrors(answer.errors, text)}`)
  const { effect, annotations, conditions } = answer.json
  const name = annotations?.policy ?? undefined
  const id = annotations?.id ?? `policy${index}`
  if (effect === 'permit' && name === undefined) {
    throw new Error(`${country}: the permit "${id}" names no policy. Write @policy("name") before it.`)
  }
  const reads = new Set<string>()
  noteContextReads(conditions, reads)
  return { id, name, text, readsTime: JSON.stringify(conditions).includes('"attr":"time"'), reads }
}

/**
 * Collects which attributes of `context` an expression in Cedar's JSON form reads, by `context.x`, `context["x"]` or `context has x`. Any other
 * use of `context`, such as a comparison of the whole, could read all of it.
 */
function noteContextReads(node: unknown, reads: Set<string>): void {
  if (Array.isArray(node)) {
    for (const item of node) noteContextReads(item, reads)
    return
  }
  if (typeof node !== 'object' || node === null) return
  if ('Var' in node && node.Var === 'context') for (const part of GROUNDS_PARTS) reads.add(part)
  for (const [operator, operand] of Object.entries(node)) {
    const attribute = operator === '.' || operator === 'has' ? attributeOfContext(operand) : null
    if (attribute === null) noteContextReads(operand, reads)
    else reads.add(attribute)
  }
}

function attributeOfContext(operand: unknown): string | null {
  const { left, attr } = (operand ?? {}) as { readonly left?: { readonly Var?: unknown }; readonly attr?: unknown }
  return left?.Var === 'context' && typeof attr === 'string' ? attr : null
}

function setId(country: string, version: string, name: string): string {
  return `${country} ${version} ${name}`
}

function prepare(id: string, policies: readonly ReadPolicy[], name: string): void {
  const relevant = policies.filter((policy) => policy.name === name || policy.name === undefined)
  const staticPolicies = Object.fromEntries(relevant.map((policy) => [policy.id, policy.text]))
  const answer = cedar.preparsePolicySet(id, { staticPolicies })
  if (answer.type === 'failure')
    throw new Error(`expected policies that parse: ${describeCedarErrors(answer.errors, '')}`)
}

function decide(preparsedPolicySetId: string, country: string, question: PolicyQuestion): PolicyDecision {
  const { caller, grounds, coordinate, nowMs } = question
  const principal = { type: 'Caller', id: `${caller.issuer} ${caller.subject}` }
  const answer = cedar.statefulIsAuthorized({
    preparsedPolicySetId,
    principal,
    action: { type: 'Action', id: 'read' },
    resource: { type: 'Field', id: coordinate },
    context: contextOf(country, caller, grounds, nowMs),
    entities: [{ uid: principal, attrs: attributesOf(caller), parents: [] }],
  })
  if (answer.type === 'failure') return { isAllowed: false, decidedBy: [] }
  const { decision, diagnostics } = answer.response
  // Cedar ignores a policy that fails. A `forbid` that fails must not allow what it would have forbidden.
  const isAllowed = decision === 'allow' && diagnostics.errors.length === 0
  return { isAllowed, decidedBy: [...diagnostics.reason].sort() }
}

function attributesOf({ client, scopes, organisation }: PolicyCaller) {
  const { country, agency, role } = organisation ?? {}
  return { ...present({ country, agency, role, client }), scopes: [...scopes] }
}

function contextOf(country: string, { assurance, mandate }: PolicyCaller, grounds: Grounds, nowMs: number) {
  return {
    ...present({ taskForce: mandate?.task_force, case: grounds.case, assurance }),
    country,
    purpose: grounds.purpose,
    legalBasis: [...(grounds.legalBasis ?? [])],
    time: { __extn: { fn: 'datetime', arg: new Date(nowMs).toISOString() } },
  }
}

function present(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/**
 * Words the errors of Cedar, with the lines.
 * @param text where they are. Cedar's places are bytes of it.
 */
export function describeCedarErrors(errors: readonly DetailedError[], text: string): string {
  const bytes = Buffer.from(text)
  return errors
    .map(({ message, help, sourceLocations: [place] = [] }) => {
      const line = place && `line ${bytes.subarray(0, place.start).toString().split('\n').length}: `
      return `${line ?? ''}${[message, place?.label, help].filter(Boolean).join('; ')}.`
    })
    .join(' ')
}
