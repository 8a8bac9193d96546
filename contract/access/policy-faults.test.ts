import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findPolicyFaults } from './policy-faults.ts'

const COORDINATES = ['Case.narrative', 'Case.court']
const faultsOf = (text: string): readonly string[] =>
  findPolicyFaults('HN', text, COORDINATES).map(({ policy, fault }) => `${policy}: ${fault}`)

const GOOD = `
@id("a") @policy("p") permit (principal, action == Action::"read", resource == Field::"Case.narrative")
when { principal has role && principal.role == "prosecutor" && context.legalBasis.contains("X") && context.time < datetime("2036-03-31T00:00:00Z") };
@id("b") forbid (principal, action, resource) unless { principal has country && context has case && context.purpose == "PROSECUTION" };
`

describe('policies', () => {
  it('that mean something have no fault', () => {
    expect(faultsOf(GOOD)).toEqual([])
    expect(faultsOf('')).toEqual([])
  })

  it.each(['GT', 'HN', 'SV'])('of the demo’s %s have no fault', (country) => {
    expect(faultsOf(readFileSync(`countries/${country}.cedar`, 'utf8'))).toEqual([])
  })

  it.each([
    ['a field that there is not', 'action, resource == Field::"Case.narative")', 'Case.narative'],
    ['a type that there is not', 'action, resource == Felt::"Case.narrative")', 'Felt'],
    ['an action that there is not', 'action == Action::"reed", resource)', 'reed'],
    [
      'an attribute that no caller has, after has',
      'action, resource) when { principal has rol && principal.rol == "x" }',
      'impossible',
    ],
    ['an attribute of the request that there is not', 'action, resource) when { context.purpos == "X" }', 'purpos'],
    ['an attribute that a token can lack, without has', 'action, resource) when { principal.role == "x" }', 'role'],
  ])('that name %s are found, with their id', (_, rest, named) => {
    const found = faultsOf(`${GOOD}@id("c") forbid (principal, ${rest};`)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(new RegExp(`^c: .*${named}`))
  })
})
