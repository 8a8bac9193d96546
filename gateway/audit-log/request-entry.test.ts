import { hash } from 'node:crypto'
import fc from 'fast-check'
import { type DocumentNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { pseudonymsOf, rotateKeys } from '../../audit/pseudonym/pseudonym.ts'
import { opensTo } from '../../audit/salts/slot.ts'
import { normaliseDocument, printNormalised } from '../../contract/audit-log/document.ts'
import { parseEntry } from '../../contract/audit-log/entry.ts'
import { createHangup } from '../../contract/hangup.ts'
import { deriveQuestionSalt, saltedHash } from '../../contract/leg-salt.ts'
import { createTestSession } from '../../contract/trust/question-statement/testing.ts'
import { verifyQuestion } from '../../contract/trust/question-statement.ts'
import { plainFit, plainRequest } from '../../tests/audit-log/plain-entry.ts'
import type { Leg, SentLeg, Trail } from '../types/flow.ts'
import type { EndedRequest } from '../types/request-log.ts'
import { fitRequest, numberPart } from './fit-request.ts'
import { type EntrySources, writeRequest } from './request-entry.ts'
import { CALLER, contextWith, emptyTrail, KEYS, PERSONAL, readFitted, readTexts, textsOf } from './testing.ts'

const HASH = 'a'.repeat(64)
const RULES = { access: HASH, policySet: HASH }
const NOW = Date.parse('2026-11-24T20:15:18Z')
const SOURCES = {
  gateway: 'istmo.example/gateway',
  keys: KEYS,
  traceId: 'c'.repeat(32),
  isKept: true,
  now: NOW,
}
const SOURCE = `query Persons($born: Date) { persons(search: { identifier: "${PERSONAL.literal}", birthDate: $born }) { id } }`

const leg: Leg = {
  domain: 'persons',
  country: 'HN',
  endpoint: { url: 'http://127.0.0.1:1/', deadlineMs: 1, maxAnswerBytes: 1 },
  query: '{ persons { id } }',
  variables: {},
  kind: 'query',
  rights: { scopes: ['person:read'], policies: [] },
}

/** The trail of an operation that asked HN, and of which GT denied a part. */
function trailOf(): Trail {
  const document = parse(SOURCE)
  const trail = emptyTrail()
  trail.operation = {
    document,
    name: 'Persons',
    variables: { born: PERSONAL.variable },
    graph: HASH,
    rules: new Map([['HN', RULES]]),
  }
  const [operation] = document.definitions
  const field = operation?.kind === 'OperationDefinition' ? operation.selectionSet.selections[0] : undefined
  if (field?.kind !== 'Field') throw new TypeError('expected a field')
  trail.uses = [
    { typeName: 'Query', fieldName: 'persons', node: field },
    { typeName: 'Person', fieldName: 'id', node: { ...field, arguments: [] } },
  ]
  trail.cost = 21
  trail.denials.push(
    { coordinate: 'Person.birthDate', kind: 'SCOPES', country: 'HN' },
    { coordinate: 'Person.birthDate', kind: 'SCOPES', country: 'HN' },
    { coordinate: 'Person.names', kind: 'POLICY', country: 'GT' },
    { coordinate: 'Person.aliases', kind: 'POLICY', country: null },
  )
  trail.legs.push({ country: 'HN', domain: 'persons', outcome: { reach: 'ANSWERED', code: null }, leg })
  trail.legs.push({ country: 'PA', domain: 'persons', outcome: { reach: 'NOT_PUBLISHED', code: null }, leg: null })
  const receipt = {
    origin: 'istmo.example/hn',
    index: 7,
    size: 8,
    checkpoint: HASH,
    leaf: HASH,
    records: { count: 2, hash: HASH },
  }
  trail.sent.set(leg, { operationHash: HASH, requestHash: HASH, responseHash: HASH, receipt, salt: Buffer.alloc(16) })
  return trail
}

const requestEntry = (ended: EndedRequest, trail: Trail, sources: EntrySources) =>
  readTexts(writeRequest(ended, trail, sources))

const entryOf = (trail: Trail, caller = CALLER as typeof CALLER | null) =>
  requestEntry(
    { context: contextWith(trail, caller), status: 200, codes: ['B_CODE', 'A_CODE', 'B_CODE'], durationMs: 12 },
    trail,
    SOURCES,
  )

describe('the entry of a request', () => {
  it('does not depend on the language of the answer', () => {
    const trail = trailOf()
    const context = contextWith(trail)
    const ended = { status: 200, codes: ['A_CODE'], durationMs: 12 }
    const [english, spanish] = (['en', 'es'] as const).map((language) =>
      requestEntry({ context: { ...context, language }, ...ended }, trail, SOURCES),
    )
    expect(spanish).toEqual(english)
  })

  it('says who asked whom for what, and with what result', () => {
    const entry = entryOf(trailOf())
    expect(entry).toMatchObject({
      traceId: 'c'.repeat(32),
      actor: { country: 'GT', agency: 'GT-MP-FECO', scopes: ['case:read', 'person:read'], tokenId: 'token-7' },
      grounds: { taskForce: 'jtf-2026-03', purpose: 'INVESTIGATION', legalBasis: ['UN:XVIII-12#27'] },
      operation: { name: 'Persons', cost: 21, graph: HASH, isKept: true },
      coordinates: ['Person.id', 'Query.persons', 'Query.persons(search:)'],
      result: { status: 200, codes: ['A_CODE', 'B_CODE'], durationMs: 12, isHangup: false, isDryRun: false },
    })
    expect(entry.legs).toEqual([
      expect.objectContaining({ country: 'HN', ...RULES, responseHash: HASH, records: { count: 2, hash: HASH } }),
      expect.objectContaining({
        country: 'PA',
        access: null,
        reach: 'NOT_PUBLISHED',
        requestHash: null,
        receipt: null,
      }),
    ])
  })

  it('has no personal data except pseudonyms under a key and commitments under a salt', () => {
    const entry = entryOf(trailOf())
    const text = JSON.stringify(entry)
    for (const secret of Object.values(PERSONAL)) expect(text).not.toContain(secret)
    expect(pseudonymsOf('actor', `${CALLER.issuer} ${CALLER.subject}`, KEYS)).toContain(entry.actor?.ref ?? '')
    expect(pseudonymsOf('case', PERSONAL.case, KEYS)).toContain(entry.grounds?.caseRef ?? '')
    const committed = {
      literals: [PERSONAL.literal],
      names: ['Persons', 'born'],
      variables: { born: PERSONAL.variable },
    }
    expect(opensTo(entry.operation?.variables ?? '', committed, trailOf().salt)).toBe(true)
    expect(opensTo(entry.operation?.variables ?? '', committed, Buffer.alloc(32, 8))).toBe(false)
  })

  it('of a request without a token is small: no coordinates, no denials, and of a leg only what finds it in the country’s log', () => {
    const entry = entryOf(trailOf(), null)
    expect(parseEntry(Buffer.from(fitRequest(textsOf(entry)).entry))).toMatchObject({
      ...{ v: 2, actor: null, coordinates: [], legs: [], denied: [], continuations: 1 },
    })
    expect(entry.legs).toEqual([
      {
        ...{ country: 'HN', domain: 'persons', reach: 'ANSWERED', code: null, access: null, policySet: null },
        ...{ granted: { scopes: [], policies: [] }, operationHash: null, records: null, receipt: null },
        ...{ requestHash: HASH, responseHash: HASH },
      },
    ])
    expect(JSON.stringify(entry).length).toBeLessThan(JSON.stringify(entryOf(trailOf())).length)
  })

  it('lists the denials of a single country only if the country was asked, each once', () => {
    expect(entryOf(trailOf()).denied).toEqual([
      { coordinate: 'Person.birthDate', kind: 'SCOPES', country: 'HN' },
      { coordinate: 'Person.aliases', kind: 'POLICY', country: null },
    ])
  })

  it('has no operation if the request was rejected early, and no actor if it was anonymous', () => {
    expect(entryOf(emptyTrail())).toMatchObject({ operation: null, coordinates: [], legs: [] })
    expect(entryOf(trailOf(), null)).toMatchObject({ actor: null, grounds: null })
  })

  it.each([
    ['a variable', { born: 'A\ud800' }, CALLER],
    ['the name of a member', { born: { '\udfff': 1 } }, CALLER],
    ['a claim', {}, { ...CALLER, client: 'A\ud800', scopes: ['\udc00'] }],
    ['a claim that is cut within a character', {}, { ...CALLER, client: `${'x'.repeat(199)}😀` }],
  ])(
    'can be written even with a lone surrogate in %s, because each operation must have an entry',
    (_, variables, caller) => {
      const trail = trailOf()
      if (trail.operation) trail.operation = { ...trail.operation, variables }
      const texts = writeRequest(
        { context: contextWith(trail, caller), status: 200, codes: [], durationMs: 1 },
        trail,
        SOURCES,
      )
      const fitted = fitRequest(texts)
      const { entry } = readFitted(fitted)
      expect(parseEntry(Buffer.from(fitted.entry))).toEqual(entry)
      expect(entry.operation?.variables).toMatch(/^[\w-]{43}$/)
    },
  )

  it('cuts off texts of a token that are too long', () => {
    const caller = { ...CALLER, client: 'x'.repeat(5_000), scopes: ['', 'y'.repeat(5_000)] }
    const { actor } = entryOf(trailOf(), caller)
    expect(actor?.client).toHaveLength(200)
    expect(actor?.scopes).toEqual(['y'.repeat(200)])
  })

  it('names the statement of a signed question under a salt of its own, so that nobody else finds the question', () => {
    const session = createTestSession()
    const iat = Math.floor(Date.now() / 1_000)
    const made = session.ask({ aud: 'https://istmo.example', iat, ath: 'a'.repeat(43), document: SOURCE })
    const statement = verifyQuestion(made.text, { now: Date.now })
    const trail = trailOf()
    const context = { ...contextWith(trail), question: { statement, document: SOURCE } }
    const entry = requestEntry({ context, status: 200, codes: [], durationMs: 1 }, trail, SOURCES)
    expect(entry.question).toEqual({ statement: saltedHash(deriveQuestionSalt(trail.salt), made.jwt) })
    expect(JSON.stringify(entry)).not.toContain(statement.jti)
    expect(entry.question?.statement).not.toBe(hash('sha256', made.jwt))
    const { question } = requestEntry(
      { context: contextWith(trail), status: 200, codes: [], durationMs: 1 },
      trail,
      SOURCES,
    )
    expect(question).toBe(undefined)
  })

  it('is rejected before it gets a number if a text has no canonical form', () => {
    const ended = { context: contextWith(emptyTrail()), status: 200, codes: [], durationMs: 1 }
    const write = (traceId: string) => writeRequest(ended, emptyTrail(), { ...SOURCES, traceId })
    expect(() => write('A\ud800')).toThrow(TypeError)
    expect(() => write('A\\ud800')).not.toThrow()
  })

  it('has the bytes of the plain way, whatever was asked and noted', () => {
    fc.assert(
      fc.property(anyEnded, ({ ended, trail, sources, maxBytes }) => {
        const plain = plainRequest(ended, trail, sources)
        const texts = writeRequest(ended, trail, sources)
        expect(readTexts(texts)).toEqual(plain)
        const [fitted, expected] = [fitRequest(texts, maxBytes), plainFit(plain, maxBytes)]
        expect(fitted.entry).toBe(String(canonicalBytes(expected.entry)))
        const seqOf = ({ country }: { readonly country: string | null }) => (country === null ? null : 7)
        const read = fitted.parts.map((part) => numberPart(part, seqOf(part)))
        const ids = read.map((text) => String((JSON.parse(text) as { readonly id: unknown }).id))
        const parts = expected.parts.map((part, at) => ({ ...part, id: ids[at], seq: seqOf(part) }))
        expect(read).toEqual(parts.map((part) => String(canonicalBytes(part))))
        expect(new Set(ids).size).toBe(ids.length)
      }),
    )
  })
})

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', 'é"\\', '\ud800', '😀'.repeat(150)),
)
const wellFormed = anyText.map((text) => text.toWellFormed())
const country = fc.constantFrom('GT', 'HN', 'SV', 'UN')
const hashes = fc.constantFrom(HASH, 'b'.repeat(64))
const anyGrounds = fc.record(
  { purpose: fc.constant('INVESTIGATION' as const), case: wellFormed, legalBasis: fc.array(anyText, { maxLength: 3 }) },
  { requiredKeys: ['purpose'] },
)
const anyCaller = fc.record({
  client: anyText,
  scopes: fc.array(anyText, { maxLength: 3 }),
  organisation: fc.option(fc.record({ country, agency: anyText, role: anyText }, { requiredKeys: ['country'] }), {
    nil: undefined,
  }),
  mandate: fc.option(fc.constant({ ...CALLER.mandate, task_force: 'jtf' } as typeof CALLER.mandate), {
    nil: undefined,
  }),
  tokenHash: fc.option(hashes, { nil: undefined }),
})
/** Callers whose entries the gateway has written before, with other cases and keys. */
const KNOWN = [CALLER, { ...CALLER, subject: 'another' }]
const OTHER_KEYS = rotateKeys(KEYS, 1)
const anyReceipt = fc.record({
  ...{ origin: wellFormed, index: fc.nat(), size: fc.nat(), checkpoint: hashes, leaf: hashes },
  records: fc.record({ count: fc.nat(), hash: fc.option(hashes) }),
})
const anySent = fc.record(
  {
    ...{ operationHash: hashes, requestHash: hashes, responseHash: fc.option(hashes), receipt: fc.option(anyReceipt) },
    tokenHash: hashes,
    caller: fc.option(
      fc.record({
        authority: anyText,
        tokenId: anyText,
        tokenHash: hashes,
        mandate: hashes,
        question: fc.option(hashes),
      }),
    ),
  },
  { requiredKeys: ['operationHash', 'requestHash', 'responseHash', 'receipt'] },
)
const anyLeg = fc.record({
  country: fc.option(country),
  domain: wellFormed,
  outcome: fc.record({
    reach: fc.constantFrom('ANSWERED' as const, 'NOT_PUBLISHED' as const),
    code: fc.option(fc.constantFrom('CONNECTION' as const)),
  }),
  rights: fc.option(
    fc.record({ scopes: fc.array(wellFormed, { maxLength: 3 }), policies: fc.array(wellFormed, { maxLength: 2 }) }),
    { nil: undefined },
  ),
  sent: fc.option(anySent),
  isPlanned: fc.boolean(),
})
const anyDenial = fc.record({
  coordinate: fc.constantFrom('Person.names', 'Case.title', 'Query.é'),
  kind: fc.constantFrom('SCOPES' as const, 'POLICY' as const),
  country: fc.option(country),
})
const DOCUMENTS: DocumentNode[] = ['{ a }', SOURCE, 'query E { b(x: "hard", y: "é") { c } }'].map((text) => parse(text))
// A text of a document cannot have a lone surrogate, but an entry is also written if one has.
DOCUMENTS.push(JSON.parse(JSON.stringify(DOCUMENTS[2]).replace('"hard"', '"\\ud800"')))
const USES = DOCUMENTS.map(
  (document, at) =>
    trailOf()
      .uses?.slice(at)
      .map((use) => ({ ...use, document })) ?? [],
)

/** A request that ended, whatever its caller sent and countries answered. */
const anyEnded = fc
  .record({
    ...{
      caller: fc.option(fc.oneof(anyCaller, fc.constantFrom(...KNOWN))),
      keys: fc.constantFrom(KEYS, OTHER_KEYS),
      grounds: fc.option(anyGrounds),
      legs: fc.array(anyLeg, { maxLength: 6 }),
    },
    ...{
      denials: fc.array(anyDenial, { maxLength: 6 }),
      codes: fc.array(fc.constantFrom('B_CODE', 'A_CODE'), { maxLength: 3 }),
    },
    ...{
      document: fc.option(fc.nat({ max: DOCUMENTS.length - 1 })),
      hasUses: fc.boolean(),
      name: fc.option(anyText, { nil: undefined }),
    },
    variables: fc.dictionary(
      anyText,
      fc.oneof(anyText, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant([null, { b: 1, a: 2 }])),
    ),
    ...{
      cost: fc.option(fc.nat()),
      isKept: fc.boolean(),
      isDryRun: fc.boolean(),
      isHangup: fc.boolean(),
      traceId: fc.option(hashes),
    },
    maxBytes: fc.oneof(fc.constant(undefined), fc.integer({ min: 7_000, max: 12_000 })),
  })
  .map((any) => {
    const trail = emptyTrail()
    const document = any.document === null ? undefined : DOCUMENTS[any.document]
    const rules = new Map([['HN', RULES]])
    if (document !== undefined)
      trail.operation = { document, name: any.name, variables: any.variables, graph: HASH, rules }
    if (any.hasUses) trail.uses = USES[any.document ?? 0] ?? null
    trail.cost = any.cost
    trail.denials.push(...any.denials)
    for (const { country, domain, outcome, rights, sent, isPlanned } of any.legs) {
      const own: Leg | null = isPlanned ? ({ ...leg, domain, country, rights } as Leg) : null
      trail.legs.push({ country, domain, outcome, leg: own })
      if (own !== null && sent !== null) trail.sent.set(own, { ...sent, salt: Buffer.alloc(16) } as SentLeg)
    }
    const known = KNOWN.find((each) => each === any.caller)
    const caller = known ?? (any.caller && ({ ...CALLER, ...any.caller } as typeof CALLER))
    const hangup = createHangup()
    if (any.isHangup) hangup.hangUp()
    const context = { ...contextWith(trail, caller), grounds: any.grounds, isDryRun: any.isDryRun, hangup }
    const ended: EndedRequest = { context, status: 200, codes: any.codes, durationMs: 12 }
    return {
      ended,
      trail,
      sources: { ...SOURCES, keys: any.keys, traceId: any.traceId, isKept: any.isKept },
      maxBytes: any.maxBytes,
    }
  })

describe('a normalised document', () => {
  const of = (text: string) => normaliseDocument(parse(text))

  it('is the same with other values, and different with other fields', () => {
    const first = of('{ persons(name: "Ana", first: 3, kind: ALIAS) { id } } # a comment')
    const second = of('{ persons(name: """Eva""", first: 4, kind: NAME) {\n id } }')
    expect(first.hash).toBe(second.hash)
    expect(first.literals).toEqual(['Ana', '3', 'ALIAS'])
    expect(of('{ persons(name: "Ana", first: 3, kind: ALIAS) { names } }').hash).not.toBe(first.hash)
  })

  it('is the same with other names, and different if a name stands for something else', () => {
    const of = (text: string) => normaliseDocument(parse(text))
    const first = of('query Ana($dpi: ID) { dpi2345: person(id: $dpi) { ...Ana } } fragment Ana on Person { id }')
    const second = of('query Eva($x: ID) { p: person(id: $x) { ...F } } fragment F on Person { id }')
    expect(first.hash).toBe(second.hash)
    const asking = (a: string, b: string) =>
      of(`query ($a: ID, $b: ID) { x: person(id: $${a}) { id } y: person(id: $${b}) { id } }`)
    expect(asking('a', 'a').hash).not.toBe(asking('a', 'b').hash)
  })

  it('has no name that its author chose, because a name may be that of a person', () => {
    const text = printNormalised(
      parse(`query AnaLopez($dpi2456: String = "x") {
        anaLopez: persons(name: $dpi2456) { ...LopezParts anaLopez: id }
        luna: persons(name: $dpi2456) @include(if: true) { ... on Person { luna: names } }
      } fragment LopezParts on Person { names }`),
    )
    expect(text).toBe(`query o0($v0: String = "") {
  a0: persons(name: $v0) {
    ...f0
    a0: id
  }
  a1: persons(name: $v0) @include(if: false) {
    ... on Person {
      a1: names
    }
  }
}

fragment f0 on Person {
  names
}`)
  })

  it('is the text that the hash is of, so that whoever has the text can check it', () => {
    expect(of(SOURCE).hash).toBe(hash('sha256', printNormalised(parse(SOURCE))))
  })
})
