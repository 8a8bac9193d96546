/** The rules of Honduras that the tests of its node share. */
import { domainSdl } from '../../contract/domain-sdl.ts'

/** The scopes that the task force may use in Honduras. */
export const SCOPES = 'case:read case:narrative person:read person:hit person:protected person:location mla:read'
/** Honduras’s country file. */
export const YAML = `
country: HN
name: { es: Honduras, en: Honduras }
domains:
  cases: { url: "http://127.0.0.1:1/cases" }
  persons: { url: "http://127.0.0.1:1/persons", sdl: persons.graphql }
  legal: { url: "http://127.0.0.1:1/legal" }
taskForces:
  - id: jtf
    notAfter: "2099-12-31"
    members:
      - { issuer: GT, agencies: [GT-MP], purposes: [INVESTIGATION], scopes: [${SCOPES.split(' ').map((s) => `"${s}"`)}] }
policies: HN.cedar
`
const CEDAR = `
@id("n") @policy("narrative_release") permit (principal, action == Action::"read", resource) when { principal.role == "prosecutor" };
@id("p") @policy("protected_release") permit (principal, action == Action::"read", resource) when { context.assurance == "3" };
`
/** What Honduras demands for a birth date. */
export const DATES = '@requiresScopes(scopes: [["person:read", "hn:dates"]])'
/** The contract's SDL, with one more scope for a birth date and without the place of birth. */
export const PERSONS = domainSdl('persons')
  .replace('birthDate: Date @requiresScopes(scopes: [["person:read"]])', `birthDate: Date ${DATES}`)
  .replace(/^ {2}birthPlace: .*$/m, '')
/** The files of Honduras, by name. */
export const RULES = { 'HN.yaml': YAML, 'HN.cedar': CEDAR, 'persons.graphql': PERSONS }
