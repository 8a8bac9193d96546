import fc from 'fast-check'
import { serializeDictionary, Token } from 'structured-headers'
import { describe, expect, it } from 'vitest'
import { type Mandate, PURPOSES } from '../../contract/access-token.ts'
import { wordError } from '../../contract/error-message.ts'
import { IstmoError } from '../../contract/errors.ts'
import { ForeignGroundsError, groundsOf, groundsOfQuestion } from './grounds.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')
const MANDATE: Mandate = {
  type: 'istmo_mandate',
  task_force: 'jtf-2026-03',
  case: 'GT:MP001-2026-1234',
  purposes: ['INVESTIGATION'],
  countries: ['GT', 'HN'],
  legal_basis: ['UN:XVIII-12#27', 'UN:XVIII-14#46'],
  not_after: '2027-03-31',
}
const DEFAULTS = { purpose: 'INVESTIGATION', case: MANDATE.case, legalBasis: MANDATE.legal_basis }
const OPEN: Mandate = { type: 'istmo_mandate', purposes: ['OVERSIGHT'], countries: ['GT'], not_after: '2027-03-31' }
const CHOICE: Mandate = { ...MANDATE, purposes: ['INVESTIGATION', 'PROSECUTION'] }

/** Why a statement is rejected. */
function rejectionOf(mandate: Mandate, header: string): ForeignGroundsError {
  try {
    groundsOf(mandate, [header], NOW)
  } catch (error) {
    if (error instanceof ForeignGroundsError) return error
    throw error
  }
  throw new Error('expected a rejection; came none')
}

describe('the grounds of a request', () => {
  it.each<[string, Mandate, readonly string[], object]>([
    ['the mandate’s if no header came', MANDATE, [], DEFAULTS],
    ['the mandate’s if the header is empty', MANDATE, [''], DEFAULTS],
    ['only the purpose if the mandate names neither case nor basis', OPEN, [], { purpose: 'OVERSIGHT' }],
    ['the stated purpose of several', CHOICE, ['purpose=PROSECUTION'], { ...DEFAULTS, purpose: 'PROSECUTION' }],
    [
      'one purpose that the mandate names twice',
      { ...OPEN, purposes: ['OVERSIGHT', 'OVERSIGHT'] },
      [],
      { purpose: 'OVERSIGHT' },
    ],
    ['the stated case', MANDATE, ['case="GT:MP001-2026-1234"'], DEFAULTS],
    ['one basis of two', MANDATE, ['basis="UN:XVIII-14#46"'], { ...DEFAULTS, legalBasis: ['UN:XVIII-14#46'] }],
    ['an inner list of bases', MANDATE, ['basis=("UN:XVIII-12#27" "UN:XVIII-14#46")'], DEFAULTS],
    [
      'all three',
      CHOICE,
      ['purpose=INVESTIGATION, case="GT:MP001-2026-1234", basis="UN:XVIII-12#27"'],
      { ...DEFAULTS, legalBasis: ['UN:XVIII-12#27'] },
    ],
    [
      'the last of a key given twice, as RFC 9651 section 4.2.2 says',
      CHOICE,
      ['purpose=OVERSIGHT, purpose=PROSECUTION'],
      { ...DEFAULTS, purpose: 'PROSECUTION' },
    ],
  ])('are %s', (_, mandate, headers, grounds) => {
    expect(groundsOf(mandate, headers, NOW)).toEqual({ grounds, groundsRejected: null })
  })

  it('are absent without a mandate, and nothing is rejected because of it', () => {
    expect(groundsOf(undefined, [], NOW)).toEqual({ grounds: null, groundsRejected: null })
  })

  it.each<[string, Mandate | undefined, string]>([
    ['a purpose outside the mandate', MANDATE, 'purpose=PROSECUTION'],
    ['a case that is not the mandate’s', MANDATE, 'case="GT:MP001-2026-9999"'],
    ['a case if the mandate names none', OPEN, 'case="GT:MP001-2026-1234"'],
    ['a basis outside the mandate', MANDATE, 'basis=("UN:XVIII-12#27" "UN:XVIII-12#28")'],
    ['a basis if the mandate names none', OPEN, 'basis="UN:XVIII-12#27"'],
    ['a case outside a mandate that leaves a choice of purpose', CHOICE, 'case="HN:1"'],
    ['anything without a mandate', undefined, 'purpose=INVESTIGATION'],
  ])('are not covered by %s', (_, mandate, header) => {
    expect(() => groundsOf(mandate, [header], NOW)).toThrow(
      expect.objectContaining({ code: 'MANDATE_NOT_COVERED', status: 403 }),
    )
  })

  it.each<[string, Mandate, string, string, string]>([
    [
      'the purpose that is stated, and those that the mandate has',
      { ...CHOICE, purposes: [...CHOICE.purposes, 'PROSECUTION'] },
      'purpose=ASSET_RECOVERY',
      'do not include ASSET_RECOVERY, which the request states; it has INVESTIGATION, PROSECUTION.',
      'no incluyen ASSET_RECOVERY, que indica la solicitud; tiene INVESTIGATION, PROSECUTION.',
    ],
    [
      'that the case is another one',
      MANDATE,
      'case="GT:Maria Lopez"',
      'It names another case than the request states.',
      'Nombra un caso distinto del que indica la solicitud.',
    ],
    [
      'that the mandate has no case',
      OPEN,
      'case="GT:1"',
      'It names no case, and the request states one; leave `case` out.',
      'No nombra ningún caso, y la solicitud indica uno; quite `case`.',
    ],
    [
      'how many articles are in the mandate, and how many are not',
      MANDATE,
      'basis=("UN:XVIII-12#27" "UN:XVIII-12#28" "Maria Lopez")',
      '(articles stated: 3; not in the mandate: 2; in the mandate: 2)',
      '(artículos indicados: 3; que no están en el mandato: 2; que están en el mandato: 2)',
    ],
    [
      'that the mandate has no legal basis',
      OPEN,
      'basis="UN:XVIII-12#27"',
      'It names no legal basis, and the request states one; leave `basis` out.',
      'No nombra ningún fundamento legal, y la solicitud indica uno; quite `basis`.',
    ],
  ])('that are not covered are rejected in both languages with %s', (_, mandate, header, en, es) => {
    const error = rejectionOf(mandate, header)
    expect(wordError(error, 'en')).toContain(en)
    expect(wordError(error, 'es')).toContain(es)
    // What a caller or an issuer wrote stays out of messages, which are logged.
    expect(error.message).not.toMatch(/Maria|GT:|UN:/)
  })

  it.each<[string, readonly string[], RegExp]>([
    ['a header sent twice', ['purpose=INVESTIGATION', 'purpose=INVESTIGATION'], /one `Istmo-Mandate`/],
    ['text that is not a dictionary', ['purpose=INVESTIGATION;;'], /RFC 9651/],
    ['letters outside ASCII', ['case="GT:ñ"'], /RFC 9651/],
    ['an unknown key', ['purpose=INVESTIGATION, country=HN'], /only the keys purpose, case, basis/],
    ['a purpose as a string', ['purpose="INVESTIGATION"'], /`purpose` .*a token/],
    ['an unknown purpose', ['purpose=GOSSIP'], /`purpose` .*INVESTIGATION/],
    ['a purpose without a value', ['purpose'], /`purpose`/],
    ['purposes in a list', ['purpose=(INVESTIGATION)'], /`purpose`/],
    ['a parameter', ['purpose=INVESTIGATION;q=1'], /`purpose`/],
    ['a case as a token', ['case=GT'], /`case` .*a string/],
    ['an empty case', ['case=""'], /`case`/],
    ['a case as a number', ['case=7'], /`case`/],
    ['a basis as bytes', ['basis=:AAAA:'], /`basis` .*inner list of strings/],
    ['an empty list of bases', ['basis=()'], /`basis`/],
    ['a basis among tokens', ['basis=("UN:XVIII-12#27" a)'], /`basis`/],
    ['a list of bases with a parameter', ['basis=("UN:XVIII-12#27");q'], /`basis`/],
  ])('are a bad request with %s', (_, headers, message) => {
    for (const mandate of [MANDATE, undefined]) {
      expect(() => groundsOf(mandate, headers, NOW)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
      expect(() => groundsOf(mandate, headers, NOW)).toThrow(message)
    }
  })

  it('cannot be determined if the mandate leaves a choice of purpose and none is stated', () => {
    for (const headers of [[], ['case="GT:MP001-2026-1234"']]) {
      const { grounds, groundsRejected } = groundsOf(CHOICE, headers, NOW)
      expect(grounds).toBeNull()
      expect(groundsRejected).toMatchObject({
        code: 'MANDATE_NOT_COVERED',
        message: expect.stringContaining('state one in `Istmo-Mandate`: INVESTIGATION, PROSECUTION.'),
      })
    }
  })

  it('end with the last day of the mandate in its own time zone', () => {
    const mandate: Mandate = { ...OPEN, time_zone: 'America/Guatemala' }
    const at = (time: string) => groundsOf(mandate, [], Date.parse(time)).grounds
    expect(at('2027-04-01T05:59:59Z')).toEqual({ purpose: 'OVERSIGHT' })
    expect(at('2027-04-01T06:00:00Z')).toBeNull()
  })

  it('of a mandate that is bound to a case are only those that the officer signed', () => {
    const mandate: Mandate = { ...OPEN, case_digest: 'c'.repeat(43) }
    const now = Date.parse('2027-01-01T00:00:00Z')
    expect(groundsOf(mandate, ['purpose=OVERSIGHT'], now)).toMatchObject({
      grounds: null,
      groundsRejected: { code: 'MANDATE_NOT_COVERED' },
    })
    const stated = { purpose: 'OVERSIGHT', case: 'GT:1', caseDigest: 'c'.repeat(43), basis: [] } as const
    expect(groundsOfQuestion(mandate, stated, now).grounds).toEqual({ purpose: 'OVERSIGHT', case: 'GT:1' })
    const elsewhere = { ...stated, caseDigest: 'd'.repeat(43) }
    expect(() => groundsOfQuestion(mandate, elsewhere, now)).toThrow(ForeignGroundsError)
    const none = { ...stated, case: null, caseDigest: null }
    expect(() => groundsOfQuestion(mandate, none, now)).toThrow(IstmoError)
    // A mandate without a case lets nobody state one.
    expect(() => groundsOfQuestion(OPEN, stated, now)).toThrow(ForeignGroundsError)
  })

  it('end with the last day of the mandate, at 24:00 UTC', () => {
    const end = Date.parse('2027-04-01T00:00:00Z')
    expect(groundsOf(MANDATE, [], end - 1).grounds).toEqual(DEFAULTS)
    const { grounds, groundsRejected } = groundsOf(MANDATE, ['purpose=INVESTIGATION'], end)
    expect(grounds).toBeNull()
    expect(groundsRejected).toMatchObject({
      code: 'MANDATE_NOT_COVERED',
      message: expect.stringContaining('has ended'),
    })
  })
})

describe('whatever is stated', () => {
  const articles = ['A#1', 'B#2', 'C#3']
  const mandates = fc.record(
    {
      type: fc.constant('istmo_mandate' as const),
      purposes: fc.subarray([...PURPOSES], { minLength: 1 }),
      countries: fc.constant(['GT']),
      not_after: fc.constantFrom('2026-11-23', '2026-11-24', '2026-11-25'),
      case: fc.constantFrom('GT:1', 'GT:2'),
      legal_basis: fc.subarray(articles),
    },
    { requiredKeys: ['type', 'purposes', 'countries', 'not_after'] },
  )
  const statements = fc.record(
    {
      purpose: fc.constantFrom(...PURPOSES),
      case: fc.constantFrom('GT:1', 'GT:2'),
      basis: fc.subarray(articles, { minLength: 1 }),
    },
    { requiredKeys: [] },
  )

  function headerOf(statement: { purpose?: string; case?: string; basis?: string[] }): string {
    return serializeDictionary({
      ...(statement.purpose !== undefined && { purpose: new Token(statement.purpose) }),
      ...(statement.case !== undefined && { case: statement.case }),
      ...(statement.basis !== undefined && {
        basis: [statement.basis.map((article) => [article, new Map()]), new Map()] as never,
      }),
    })
  }

  it('the grounds are within the mandate and as stated, or there are none', () => {
    fc.assert(
      fc.property(mandates, statements, (mandate, statement) => {
        const isOver = mandate.not_after < '2026-11-24'
        const isCovered =
          (statement.purpose === undefined || mandate.purposes.includes(statement.purpose)) &&
          (statement.case === undefined || statement.case === mandate.case) &&
          (statement.basis ?? []).every((article) => (mandate.legal_basis ?? []).includes(article))
        const isChosen = statement.purpose !== undefined || mandate.purposes.length === 1
        const ask = () => groundsOf(mandate, [headerOf(statement)], NOW)
        if (!isOver && !isCovered) {
          expect(ask).toThrow(expect.objectContaining({ code: 'MANDATE_NOT_COVERED' }))
          return
        }
        const { grounds, groundsRejected } = ask()
        expect(grounds !== null).toBe(!isOver && isChosen)
        expect(groundsRejected !== null).toBe(isOver || !isChosen)
        if (grounds === null) return
        expect(grounds.purpose).toBe(statement.purpose ?? mandate.purposes[0])
        expect(grounds.case).toBe(mandate.case)
        expect(grounds.legalBasis).toEqual(statement.basis ?? mandate.legal_basis)
      }),
    )
  })

  it('any text is accepted as grounds or rejected with a code', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'purposecabi=,;()":?@% IVN1-') })),
        (text) => {
          try {
            groundsOf(MANDATE, [text], NOW)
          } catch (error) {
            expect(['BAD_REQUEST', 'MANDATE_NOT_COVERED']).toContain((error as { code?: unknown }).code)
          }
        },
      ),
    )
  })
})
