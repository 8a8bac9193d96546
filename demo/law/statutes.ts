import { z } from 'zod'
import { readData } from '../home.ts'
import type { Row } from '../importers/run-import.ts'

const conduct = z.strictObject({
  iccs: z.string(),
  /** The name of the conduct in a country whose law the demo does not know. */
  label: z.string(),
  /** The usual maximum penalty in a country whose law the demo does not know, in months. */
  months: z.int(),
  /** How often cases are about it, relative to the others. */
  weight: z.int(),
  /** Typical of organised groups. */
  organised: z.boolean(),
  /** Has a person as its victim. */
  victim: z.boolean(),
})

/** The name of a kind of conduct. */
export type ConductKey = string

/** A kind of conduct that made-up cases are about. A country's law says under which article it punishes each (`laws.yaml`). */
export type Conduct = Readonly<z.infer<typeof conduct>> & { readonly key: ConductKey }

/** All kinds of conduct, in the order of the crime classification. */
export const CONDUCTS: readonly Conduct[] = Object.entries(
  readData(new URL('conducts.yaml', import.meta.url), z.record(z.string(), conduct)),
).map(([key, each]) => ({ key, ...each }))

/** All names. */
export const CONDUCT_KEYS: readonly ConductKey[] = CONDUCTS.map(({ key }) => key)

const BY_KEY: ReadonlyMap<string, Conduct> = new Map(CONDUCTS.map((each) => [each.key, each]))

/** Returns the conduct of this name. */
export function conductOf(key: ConductKey): Conduct {
  const found = BY_KEY.get(key)
  if (found === undefined) throw new TypeError(`expected the name of a conduct; came ${key}`)
  return found
}

/** An article by which a country punishes some kinds of conduct. */
const provision = z.strictObject({
  /** The article's number. Null where no source was found: a number is never invented. */
  article: z.string().nullable(),
  heading: z.string(),
  conducts: z.array(z.enum(CONDUCT_KEYS)).readonly(),
  /** The longest imprisonment of the basic offence, in months. */
  maxMonths: z.int(),
  /** What we saw of it in a public source: article and penalty, the article, or nothing: then it is written from memory. */
  checked: z.enum(['ARTICLE_AND_PENALTY', 'ARTICLE', 'NOTHING']),
  /** The page where we saw the article, if it is not the law's own. */
  source: z.string().optional(),
})

/** A law of a country: its penal code, or a special law. */
const law = z.strictObject({
  /** What the ids of its articles hold: `CP` for the penal code in force, else the decree: `D48-92`. */
  code: z.string(),
  /** Its name and its decree, in Spanish. */
  name: z.string(),
  /** `YYYY-MM-DD`, or null if we did not look it up. */
  inForceFrom: z.iso.date().nullable().default(null),
  /** The day from which another law punishes what its articles are about. */
  repealedOn: z.iso.date().nullable().default(null),
  /** A public page with its text, or about it. */
  source: z.string(),
})

/** The laws of some countries, by country, each with its provisions. */
export const lawsSchema = z.record(z.string(), z.array(law.extend({ provisions: z.array(provision) })))

/** A law. */
export type Law = Readonly<z.infer<typeof law>>
/** A provision of a law. */
export type Provision = Readonly<z.infer<typeof provision>> & { readonly law: Law }

/** The penal laws that the demo knows, by country. Any other country gets an invented law without numbers of articles. */
const LAWS: ReadonlyMap<string, readonly Provision[]> = new Map(
  Object.entries(readData(new URL('laws.yaml', import.meta.url), lawsSchema)).map(([country, laws]) => [
    country,
    laws.flatMap(({ provisions, ...law }) => provisions.map((each) => ({ ...each, law }))),
  ]),
)

/** How the text of each statute begins: it is a card about an article, and not the article. */
export const LAW_CARD = 'Ficha de demostración, no es el texto de la ley'

const INVENTED: Law = {
  code: 'CP',
  name: 'Código Penal inventado para la demostración',
  inForceFrom: null,
  repealedOn: null,
  source: 'none',
}

/** The law on which a charge rests, under its id and with the name that the country gives the offence. */
export interface Charge {
  readonly statuteId: string
  readonly heading: string
}

/** Returns a country's provisions. */
export function provisionsIn(country: string): readonly Provision[] {
  return LAWS.get(country) ?? invented()
}

/** Finds the provision under which a country punished a kind of conduct on a day (`YYYY-MM-DD`). Null if it had none. */
export function chargeFor(country: string, key: ConductKey, day: string): Charge | null {
  const provision = provisionsIn(country).find(({ conducts, law }) => conducts.includes(key) && isInForce(law, day))
  return provision === undefined
    ? null
    : { statuteId: statuteId(country, provision), heading: headingFor(provision, key) }
}

/** Returns the id of a provision: `GT:CP:123`, `GT:D48-92:38`. An article without a known number has a name instead: `HN:CP:secuestro`. */
export function statuteId(country: string, { law, article, heading }: Provision): string {
  return `${country}:${law.code}:${article ?? slug(heading)}`
}

/** Writes all provisions of a country as rows of `legal.statute`. */
export function statuteRows(country: string): readonly Row[] {
  return provisionsIn(country).map((provision) => ({
    id: statuteId(country, provision),
    code: provision.law.code,
    section: provision.article,
    heading: provision.heading,
    body: cardOf(provision),
    iccs: [...new Set(provision.conducts.map((key) => conductOf(key).iccs))],
    max_penalty_months: provision.maxMonths,
    in_force_from: provision.law.inForceFrom,
    repealed_on: provision.law.repealedOn,
  }))
}

/** Charges about an attempt rest on the article about the completed offence, and say that they are about an attempt. */
function headingFor({ heading }: Provision, key: ConductKey): string {
  return key === 'ATTEMPTED_HOMICIDE' ? `${heading} en grado de tentativa` : heading
}

function isInForce({ inForceFrom, repealedOn }: Law, day: string): boolean {
  return (inForceFrom === null || inForceFrom <= day) && (repealedOn === null || day < repealedOn)
}

function cardOf({ law, article, heading, maxMonths, checked, source = law.source }: Provision): string {
  const what = `${law.name}, ${article === null ? 'artículo sin número conocido' : `artículo ${article}`}: ${heading}`
  return `${LAW_CARD}. ${what}. Pena máxima de prisión del tipo básico: ${maxMonths} meses. ${noteOf(law, checked, source)}`
}

function noteOf(law: Law, checked: Provision['checked'], source: string): string {
  if (law === INVENTED) return 'Todo es inventado.'
  if (checked === 'ARTICLE_AND_PENALTY') return `Artículo y pena comprobados en ${source}`
  if (checked === 'ARTICLE') return `Artículo comprobado en ${source}; la pena está sin comprobar`
  return `Artículo y pena están sin comprobar; véase ${source}`
}

function invented(): readonly Provision[] {
  const headings = [...new Set(CONDUCTS.map(({ label }) => label))]
  return headings.map((heading) => {
    const of = CONDUCTS.filter(({ label }) => label === heading)
    const conducts = of.map(({ key }) => key)
    return { law: INVENTED, article: null, heading, conducts, maxMonths: of[0]?.months ?? 0, checked: 'NOTHING' }
  })
}

function slug(heading: string): string {
  const plain = heading.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.replace(/[^a-z]+/g, '-').replace(/^-|-$/g, '')
}
