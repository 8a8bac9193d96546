/** The legs of a request, as texts of canonical JSON. The members are written in their order. */
import { writeCanonicalText as quote } from '../../audit/log/canonical-json.ts'
import type { HeldReceipt, RulesInForce, SentCaller, SentLeg, Trail, TrailLeg } from '../types/flow.ts'
import { cut } from './labels.ts'

/** Writes a leg, or a country that was not asked. */
export function writeLeg(traced: TrailLeg, { sent: all, operation }: Trail): string {
  const { country, domain, outcome, leg } = traced
  const sent = leg === null ? undefined : all.get(leg)
  const rules = country === null ? undefined : operation?.rules.get(country)
  const { access, policySet } = writeRules(rules)
  const granted = `{"policies":${writeTexts(leg?.rights?.policies)},"scopes":${writeTexts(leg?.rights?.scopes)}}`
  const ends = sent === undefined ? NOT_SENT : writeSent(sent)
  return `{"access":${access}${ends.caller},"code":${writeNullable(outcome.code)},"country":${writeNullable(country)},"domain":${quote(domain)},"granted":${granted},"operationHash":${ends.operation},"policySet":${policySet},"reach":"${outcome.reach}",${ends.rest}`
}

/** Writes a leg of a request without a token. The leg token of an anonymous request names nobody, so its hash proves nothing. */
export function writeSmallLeg({ country, domain, outcome }: TrailLeg, sent: SentLeg): string {
  const hashes = `"requestHash":${writeNullable(sent.requestHash)},"responseHash":${writeNullable(sent.responseHash)}`
  return `{"access":null${writeCaller(sent)},"code":${writeNullable(outcome.code)},"country":${writeNullable(country)},"domain":${quote(domain)},"granted":{"policies":[],"scopes":[]},"operationHash":null,"policySet":null,"reach":"${outcome.reach}","receipt":null,"records":null,${hashes}}`
}

const NOT_SENT = {
  caller: '',
  operation: 'null',
  rest: '"receipt":null,"records":null,"requestHash":null,"responseHash":null}',
}

function writeSent(sent: SentLeg): typeof NOT_SENT {
  const { receipt, tokenHash } = sent
  const receipts = receipt === null ? '"receipt":null,"records":null' : writeReceipt(receipt)
  const token = tokenHash === undefined ? '' : `,"tokenHash":${quote(tokenHash)}`
  const hashes = `"requestHash":${writeNullable(sent.requestHash)},"responseHash":${writeNullable(sent.responseHash)}`
  return {
    caller: writeCaller(sent),
    operation: quote(sent.operationHash),
    rest: `${receipts},${hashes}${token}}`,
  }
}

function writeReceipt({ checkpoint, index, leaf, origin, size, records }: HeldReceipt): string {
  const counted = `{"count":${records.count},"hash":${writeNullable(records.hash)}}`
  return `"receipt":{"checkpoint":${quote(checkpoint)},"index":${index},"leaf":${quote(leaf)},"origin":${quote(origin)},"size":${size}},"records":${counted}`
}

function writeCaller({ caller }: SentLeg): string {
  if (caller === undefined) return ''
  return caller === null ? ',"caller":null' : `,"caller":${writeProof(caller)}`
}

function writeProof({ authority, mandate, question, tokenHash, tokenId }: SentCaller): string {
  return `{"authority":${quote(cut(authority))},"mandate":${quote(mandate)},"question":${writeNullable(question)},"tokenHash":${quote(tokenHash)},"tokenId":${quote(cut(tokenId))}}`
}

const NO_RULES = { access: 'null', policySet: 'null' }
const written = new WeakMap<RulesInForce, typeof NO_RULES>()

function writeRules(rules: RulesInForce | undefined): typeof NO_RULES {
  if (rules === undefined) return NO_RULES
  const known = written.get(rules)
  if (known !== undefined) return known
  const made = { access: quote(rules.access), policySet: quote(rules.policySet) }
  written.set(rules, made)
  return made
}

function writeTexts(texts: readonly string[] | undefined): string {
  if (texts === undefined || texts.length === 0) return '[]'
  return texts.length === 1 ? `[${quote(texts[0] as string)}]` : `[${texts.map(quote).join(',')}]`
}

function writeNullable(text: string | null): string {
  return text === null ? 'null' : quote(text)
}
