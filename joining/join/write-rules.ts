/** The country's file, its policies and their table of verdicts: nobody is recognised yet. */
import type { Domain } from '../../contract/domain.ts'
import type { Language } from '../../contract/language.ts'
import type { Answers } from './answers.ts'
import type { PublicKeys } from './make-keys.ts'
import type { NodeTrust } from './make-tls.ts'

/** The comments of the files, in each language. */
const COMMENTS = {
  en: {
    file: (country: string) => [
      `The file of ${country}: your node reads it (RULES_FILE), and the gateway reads the copy in bundle/. Give the gateway's`,
      'operator each new version. docs/operating.md and docs/access.md describe every setting.',
    ],
    forces: [
      'Whom you recognise. Empty: your node shows what has a rule to nobody. For example:',
      '- id: jtf-2026-03',
      '  notAfter: 2027-03-31',
      '  members:',
      '    - { issuer: GT, agencies: [GT-MP-FECO], purposes: [INVESTIGATION], scopes: ["case:read", "person:read"] }',
    ],
    callers: [
      'Whose officers you believe, and by whose word (docs/access.md, Whose officers you believe). Without it, your node',
      'answers no officer of any country. Each entry has the key of your own witness:',
    ],
    tighten: [
      'Where you demand more than the contract, and what you do not publish (docs/access.md). For example:',
      'tighten:',
      '  Case.court: { policies: [[court_release]] }',
      'withhold: [Case.narrative]',
    ],
    receipts: ['The key of your audit log. The gateway drops an answer without a receipt of it.'],
    suspenders: ['Who can stop something here at once (docs/emergencies.md): your security officer.'],
    policies: (country: string) => [
      `The policies of ${country}, in Cedar (docs/access.md, Write a policy). A name without a policy is denied, so an empty file`,
      'denies each field that asks for one. For example:',
      '',
      `@id("${country}-narrative-1")`,
      '@policy("narrative_release")',
      'permit (principal, action == Action::"read", resource == Field::"Case.narrative")',
      'when { principal has role && principal.role == "prosecutor" && context.purpose == "PROSECUTION" };',
    ],
    table: (country: string) => [
      `What ${country} expects of its rules. Run: istmo policy test rules/${country}.policy-test.yaml`,
      'Add a line here before you change a rule.',
    ],
  },
  es: {
    file: (country: string) => [
      `El archivo de ${country}: su nodo lo lee (RULES_FILE), y la pasarela lee la copia en bundle/. Entregue cada versión nueva`,
      'a quien opera la pasarela. docs/operating.md y docs/access.md describen cada ajuste.',
    ],
    forces: [
      'A quién reconoce. Vacío: su nodo no muestra a nadie lo que tiene una regla. Por ejemplo:',
      '- id: jtf-2026-03',
      '  notAfter: 2027-03-31',
      '  members:',
      '    - { issuer: GT, agencies: [GT-MP-FECO], purposes: [INVESTIGATION], scopes: ["case:read", "person:read"] }',
    ],
    callers: [
      'De qué países acepta funcionarios, y por la palabra de quién (docs/access.md). Sin esto, su nodo no responde a',
      'ningún funcionario de ningún país. Cada entrada lleva la clave de su propio cofirmante:',
    ],
    tighten: [
      'Dónde exige más que el contrato, y qué no publica (docs/access.md). Por ejemplo:',
      'tighten:',
      '  Case.court: { policies: [[court_release]] }',
      'withhold: [Case.narrative]',
    ],
    receipts: ['La clave de su registro de auditoría. La pasarela descarta una respuesta sin un recibo de él.'],
    suspenders: [
      'Quién puede detener algo aquí al instante (docs/es/emergencies.md): la persona encargada de la seguridad.',
    ],
    policies: (country: string) => [
      `Las políticas de ${country}, en Cedar (docs/access.md). Un nombre sin política se niega, así que un archivo vacío niega`,
      'cada campo que pide una. Por ejemplo:',
      '',
      `@id("${country}-narrative-1")`,
      '@policy("narrative_release")',
      'permit (principal, action == Action::"read", resource == Field::"Case.narrative")',
      'when { principal has role && principal.role == "prosecutor" && context.purpose == "PROSECUTION" };',
    ],
    table: (country: string) => [
      `Lo que ${country} espera de sus reglas. Ejecute: istmo policy test rules/${country}.policy-test.yaml`,
      'Agregue aquí una línea antes de cambiar una regla.',
    ],
  },
} as const satisfies Record<Language, unknown>

const commented = (lines: readonly string[]): string => lines.map((line) => `# ${line}`.trimEnd()).join('\n')

/** Writes `rules/<CC>.yaml`. Node and gateway read the same file. */
export function writeCountryFile(
  { country, nameEs, nameEn, domains, host, port }: Answers,
  { vkey, suspender, witness }: PublicKeys,
  trust: NodeTrust,
  language: Language,
): string {
  const comments = COMMENTS[language]
  const shown = host.includes(':') ? `[${host}]` : host
  const tls = 'ca' in trust ? '{ ca: node-ca.pem }' : `{ pins: [${trust.pin}] }`
  const { kty, crv, x } = suspender
  return `${[
    commented(comments.file(country)),
    `country: ${country}`,
    `name: { es: ${JSON.stringify(nameEs)}, en: ${JSON.stringify(nameEn)} }`,
    'domains:',
    ...domains.map((domain) => `  ${domain}: { url: "https://${shown}:${port}/${domain}", tls: ${tls} }`),
    '',
    commented(comments.forces),
    'taskForces: []',
    `policies: ${country}.cedar`,
    '',
    commented([...comments.callers, `  witnesses: [${witness}]`]),
    'callers: []',
    '',
    commented(comments.tighten),
    '',
    commented(comments.receipts),
    `receipts: { vkey: ${JSON.stringify(vkey)} }`,
    '',
    commented(comments.suspenders),
    'suspenders:',
    `  - { name: ${country}, key: { kty: ${kty}, crv: ${crv}, x: ${x} } }`,
  ].join('\n')}\n`
}

/** Writes `rules/<CC>.cedar`: no policy yet. */
export function writePolicies(country: string, language: Language): string {
  return `${COMMENTS[language]
    .policies(country)
    .map((line) => `// ${line}`.trimEnd())
    .join('\n')}\n`
}

/** A field of each domain with a rule, and one without. */
const TRIED: Readonly<Record<Domain, readonly (readonly [coordinate: string, isOpen: boolean])[]>> = {
  cases: [
    ['Case.status', false],
    ['Case.narrative', false],
  ],
  persons: [['Person.names', false]],
  legal: [
    ['Statute.text', true],
    ['MutualLegalAssistanceRequest.status', false],
  ],
}

/** Writes `rules/<CC>.policy-test.yaml`: nobody is recognised. */
export function writePolicyTest({ country, domains }: Answers, language: Language): string {
  const other = country === 'GT' ? 'HN' : 'GT'
  const verdicts = domains.flatMap((domain) =>
    TRIED[domain].map(([coordinate, isOpen]) =>
      isOpen
        ? `  ${coordinate}: { prosecutor: allowed, nobody: allowed }`
        : `  ${coordinate}: { prosecutor: TASK_FORCE_NOT_RECOGNISED, nobody: AUTHENTICATED }`,
    ),
  )
  return `${[
    commented(COMMENTS[language].table(country)),
    `rules: ${country}.yaml`,
    'callers:',
    '  prosecutor:',
    `    country: ${other}`,
    `    agency: ${other}-MP`,
    '    role: prosecutor',
    '    assurance: "3"',
    '    scopes: ["case:read", "case:narrative", "person:read", "mla:read"]',
    '    taskForce: jtf-2026-03',
    '    purpose: INVESTIGATION',
    '  nobody: null',
    'verdicts:',
    ...verdicts,
  ].join('\n')}\n`
}
