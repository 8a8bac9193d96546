import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type MandateForm, mandateCommands, writeMandateFile } from './draft-mandate.ts'

const NOW = Date.parse('2026-11-24T20:00:00Z')
const FORM: MandateForm = {
  ...{ issuer: 'https://authority.mp.gob.gt', country: 'GT', taskForce: 'jtf-2026-03', purposes: ['INVESTIGATION'] },
  ...{ countries: 'HN\nSV', scopes: 'case:read\n', legalBasis: 'UN:XVIII-12#27', caseId: '', notAfter: '2027-03-31' },
  ...{ timeZone: 'America/Guatemala', officers: 'GT-MP-FECO / prosecutor\nana', approver: 'beto' },
}

describe('the file of a mandate', () => {
  it('has the members that the drafter’s command takes', () => {
    const { yaml } = writeMandateFile({ ...FORM, caseId: 'GT:MP001-2026-1234' }, NOW)
    expect(parse(yaml ?? '')).toEqual({
      ...{ issuer: FORM.issuer, country: 'GT', task_force: 'jtf-2026-03', purposes: ['INVESTIGATION'] },
      ...{
        countries: ['HN', 'SV'],
        scopes: ['case:read'],
        legal_basis: ['UN:XVIII-12#27'],
        case: 'GT:MP001-2026-1234',
      },
      ...{ not_after: '2027-03-31', time_zone: 'America/Guatemala' },
      officers: [{ agency: 'GT-MP-FECO', role: 'prosecutor' }, { subject: 'ana' }],
      approver: { subject: 'beto' },
    })
    expect(mandateCommands('jtf.yaml').approve).toBe(
      'istmo mandates approve jtf.mandate.json --key beto.key --token beto.jwt --authority /var/lib/istmo/log',
    )
  })

  it('says what was written, whatever signs it has', () => {
    const line = fc.string({ maxLength: 30 }).filter((text) => text.trim() === text && /^[^\p{Cc}\p{Cs}]+$/u.test(text))
    fc.assert(
      fc.property(line, line, (taskForce, approver) => {
        const { yaml } = writeMandateFile({ ...FORM, taskForce, approver, officers: 'x / y' }, NOW)
        if (approver === 'x / y') return
        expect(parse(yaml ?? '')).toMatchObject({ task_force: taskForce, approver: { subject: approver } })
      }),
    )
  })

  it.each<[Partial<MandateForm>, readonly string[]]>([
    [{ issuer: 'http://authority.mp.gob.gt' }, ['issuer']],
    [{ country: 'XX' }, ['country']],
    [{ purposes: [] }, ['purposes']],
    [{ purposes: ['FUN'] }, ['purposes']],
    [{ countries: 'HN\nHN' }, ['countries']],
    [{ scopes: '' }, ['scopes']],
    [{ caseId: 'MP001' }, ['caseId']],
    [{ notAfter: '2026-11-23' }, ['notAfter']],
    [{ notAfter: '2027-11-24' }, ['notAfter']],
    [{ notAfter: '2027-02-30' }, ['notAfter']],
    [{ timeZone: 'Guatemala' }, ['notAfter', 'timeZone']],
    [{ officers: '' }, ['officers']],
    // Nobody approves a mandate that names them.
    [{ approver: 'ana' }, ['approver']],
  ])('is not made with %j', (change, wrong) => {
    expect(writeMandateFile({ ...FORM, ...change }, NOW)).toEqual({ yaml: null, wrong })
  })
})
