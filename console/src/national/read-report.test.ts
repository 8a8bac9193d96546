import { describe, expect, it } from 'vitest'
import { formatJson } from '../../../joining/check/report.ts'
import { countStates, readReport } from './read-report.ts'

const rowsOf = (value: unknown) => {
  const report = readReport(JSON.stringify(value))
  return report && { ...report, rows: report.rows.map(({ state, place, what }) => [state, place, what]) }
}

describe('the result of a command', () => {
  it('is read as `istmo check --json` prints it, the gravest first', () => {
    const printed = formatJson(
      {
        ...{ country: 'HN', checkedAt: '2026-11-24T20:15:17Z', parts: [{ name: 'rules', state: 'done', ms: 3 }] },
        findings: [
          { id: 'RULES_NOBODY', place: 'Case.court' },
          { id: 'SECRET_OPEN', place: '--node-key', count: 2, examples: ['a', 'b'] },
        ],
      },
      'es',
    )
    const report = readReport(printed)
    expect(report).toMatchObject({ kind: 'check', country: 'HN', madeAt: '2026-11-24T20:15:17Z' })
    expect(report?.rows.map(({ state, code, place }) => [state, code, place])).toEqual([
      ['wrong', 'SECRET_OPEN', '--node-key'],
      ['note', 'RULES_NOBODY', 'Case.court'],
    ])
    expect(report?.rows[0]?.what).toMatch(/ → .* · 2, a, b$/)
    expect(report && countStates(report)).toEqual({ wrong: 1, warning: 0, unknown: 0, note: 1, well: 0 })
  })

  it.each<[string, unknown, readonly (readonly [string, string, string])[]]>([
    [
      'doctor',
      {
        counts: { well: 1, warning: 1, wrong: 0, unknown: 0 },
        findings: [
          { area: 'clock', state: 'well', code: 'CLOCK', values: [], what: 'El reloj va bien.', remedy: 'x' },
          { area: 'certificates', state: 'warning', code: 'ENDS', values: [9], what: 'Vence en 9 días.', remedy: 'y' },
        ],
      },
      [
        ['warning', 'certificates', 'Vence en 9 días.'],
        ['well', 'clock', 'El reloj va bien.'],
      ],
    ],
    [
      'sync',
      {
        ...{ country: 'HN', source: 'mp', isDryRun: false, isIncremental: false, refused: 2, shrinking: ['cases'] },
        kinds: [{ kind: 'cases', read: 9, refused: 2, created: 7 }],
        causes: [{ section: 'cases', column: 'FECHA', reason: 'no es una fecha', rows: 2 }],
        ...{ deletionsUnknown: [], others: [] },
      },
      [
        ['wrong', 'cases', ''],
        ['warning', 'cases.FECHA', 'no es una fecha (2)'],
        ['warning', 'cases', 'read 9, refused 2, created 7'],
      ],
    ],
    [
      'conformance',
      {
        ...{ v: 1, verdict: 'FAILED', counts: {} },
        checks: [
          { id: 'rows.one', result: 'PASSED', title: 'Una', tried: 1 },
          {
            id: 'rows.two',
            result: 'FAILED',
            title: 'Dos',
            findings: [{ place: 'p', expected: 'e', came: 'c' }],
            remedy: 'r',
          },
          { id: 'rows.three', result: 'NOT_TRIED', title: 'Tres', reason: 'falta' },
        ],
      },
      [
        ['wrong', 'rows.two', 'Dos · p: e → c'],
        ['unknown', 'rows.three', 'Tres · falta'],
        ['well', 'rows.one', 'Una'],
      ],
    ],
    [
      'probe',
      {
        ...{ country: 'HN', requestId: null, gatewayCertificate: null, gatewayName: 'istmo' },
        parts: [
          { domain: null, url: null, steps: [{ step: 'FILE', verdict: 'OK', code: null, found: 'HN.yaml' }] },
          { domain: 'cases', url: 'https://x', steps: [{ step: 'LEG', verdict: 'WRONG', code: 'E', found: null }] },
        ],
      },
      [
        ['wrong', 'cases LEG', 'https://x'],
        ['well', 'FILE', 'HN.yaml'],
      ],
    ],
    [
      'suspensions',
      {
        inForce: [{ kind: 'agency', value: 'GT-MP', since: 1_795_000_000, by: 'HN', reason: 'Oficio 41' }],
        waiting: [{ iss: 'HN', seq: 3, iat: 1, action: 'resume', what: { agency: 'GT-MP' }, reason: 'Oficio 52' }],
      },
      [
        ['warning', 'agency GT-MP', '2026-11-18T11:06:40.000Z · HN: Oficio 41'],
        ['unknown', 'agency GT-MP', 'resume · HN: Oficio 52'],
      ],
    ],
  ])('is read as `istmo %s --json` prints it', (kind, printed, rows) => {
    expect(rowsOf(printed)).toMatchObject({ kind, rows })
  })

  it.each([
    '',
    'photo',
    '[]',
    'null',
    '{}',
    '{"counts":{},"findings":[{"area":"x","state":"y"}]}',
    '{"inForce":[],"waiting":3}',
  ])('is not %j', (text) => expect(readReport(text)).toBeNull())
})
