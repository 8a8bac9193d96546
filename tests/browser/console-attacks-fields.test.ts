/**
 * What a hostile country, gateway, authority, oversight or login provider can do with a text: each text of each answer is the attacker's, on each page that
 * shows it. A field that somebody adds to a document is attacked without a line here, and the test fails until a page shows it or `NOT_SHOWN` says why none does.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goTo, type HostileWorld, openHostileWorld, openWindow, type VictimWindow } from './attacks/hostile-world.ts'
import { inspectPage } from './attacks/inspect-page.ts'
import { readDocuments } from './attacks/read-documents.ts'
import { ANALYST_VISITS, AUDIT_VISITS, type Visit, visit } from './attacks/visits.ts'

/** Texts that no page shows, by the reason. */
const NOT_SHOWN: readonly RegExp[] = [
  // Where a list goes on.
  /\.(?:cursor|endCursor)$/,
  // The line of countries says it, out of the extensions of the answer.
  /\.outcomes\.(?:code|country|reach)$/,
  // It chooses which of the names stands for a person.
  /\.names\.category$/,
  // A dossier has it, an export, or the map where it is the code of a place.
  /^(?:CaseFile|Cases|PersonCases|PersonNetwork)\..*\.provenance\.(?:agency|recordedAt)$/,
  /^(?:Cases|PersonCases)\..*\.caseTrackingId$/,
  /^Cases\..*\.subdivision$/,
  /^Cases\.cases\.edges\.node\.closedOn$/,
  // The address of the page says which record was asked for, and a name stands for an id.
  /^(?:CaseFile\.case|Dossier\.person)\.(?:id|country)$/,
  /^PersonCases\.person\.id$/,
  /^CaseFile\.case\.(?:linkedCases\.country|offences\.disposition|mlaRequests\.edges\.node\.legalBasis\.(?:id|title))$/,
  /^CaseFile\.case\.participants\.edges\.node\.(?:since|person\.country)$/,
  /^Dossier\.person\.(?:identifiers\.expiresOn|memberships\.(?:since|until)|sameAs\.(?:country|names\.full))$/,
  /^Dossier\.person\.warrants\.edges\.node\.(?:country|expiresOn)$/,
  /^PersonNetwork\.person\.cases\.edges\.node\.filedOn$/,
  // Counts are sums of classes, a title is that of the language, and a treaty is named by its title.
  /^(?:CaseCounts\.caseCounts\.counts\.iccs|IccsTitles\.iccsClasses\.classes\.titleEn)$/,
  /^LawOfTwo\.legalInstruments\.instruments\.(?:iccs|kind|title)$/,
  // A role is shown only of the person whose cases they are, and a number only if it is of a kind that persons share.
  /^PersonCases\..*\.participants\.edges\.node\.(?:role|person\.id)$/,
  /^PersonNetwork\.person\.identifiers\./,
  /^SearchPersons\..*\.sameAs\.id$/,
  // The page of an entry shows what its proof says, and else the words of oversight.
  /^(?:Entries|WhoSaw)\.\w+\.edges\.node\.(?:id|log|caseRef|coordinates|document|domains|operation|taskForce)$/,
  /^(?:Entries|WhoSaw)\.\w+\.edges\.node\.actor\.(?:client|ref|tokenId)$/,
  /^(?:Entry\.entry\.(?!(?:proof\.entry|actor\.ref|time)$)|EntryWords\.entry\.id$|ProvedEntries\.)/,
  /^(?:Viewer\.viewer\.(?:agency|country)|Patterns\.patterns\.pattern)$/,
  // What is wrong with a log is in the page's own words.
  /^(?:Viewer\.logs|AnsweredLog)\.problem$/,
  // A country's range and withheld numbers stand in the line of a country that was asked, a treaty's dates in its column, and no attacker's text is its code.
  /^(?:CaseCounts\.caseCounts\.(?:ranges\.\w+|withheldBy)|LawOfTwo\.legalInstruments\.instruments\.participations\.(?:boundOn|country))$/,
  // Words stand for codes that the page knows, an offence's label for its class; the panel of a node has what is known of the person who was asked for.
  /^PersonCases\.person\.cases\.edges\.node\.(?:category|status|offences\.iccs)$/,
  /^PersonNetwork\.person\.(?:birthDate|nationalities|cases\.edges\.node\.(?:status|offences\.(?:iccs|nationalLabel)))$/,
  // Exports have the agency. The list of entries says in words what was refused; the rest is read to prove the entry, which has a page.
  /^SearchPersons\..*\.provenance\.agency$/,
  /^(?:Entries|WhoSaw)\.\w+\.edges\.node\.(?:codes|outcome|purpose|proof\.(?:bundle|entry))$/,
  // The page decides by them, or they are replaced by an honest text for one of three kinds of errors.
  /^(?:Denied\.path|Mandate\.legalBasis|Report\.reach|Other\.(?:country|coordinate))$/,
  /^(?:HiddenByCountry|HiddenEverywhere)\.(?:code|country)$/,
]

/** What is asked only about an entry that was proved, and shown only if it is proved itself: nobody without the keys of a log comes so far. */
const ONLY_OF_PROVED = ['MandateActs']

let world: HostileWorld
let victim: VictimWindow
/** The places whose texts a page showed. */
const shown = new Set<string>()
beforeAll(async () => {
  world = await openHostileWorld()
  world.doors.honest = { 'Viewer.viewer.country': 'GT', 'Entry.entry.kind': 'request' }
  victim = await openWindow(world)
})
afterAll(() => world?.stop())

/** Inspects the page, and notes what it showed. */
async function look(): Promise<readonly string[]> {
  const { faults, text } = await inspectPage(victim.page)
  for (const place of world.doors.marks.placesIn(text)) shown.add(place)
  return [...faults, ...victim.watched.faults]
}

const visitAndLook = async (each: Visit): Promise<readonly string[]> => {
  await visit(victim.page, world, each)
  return look()
}

const nameVisit = (each: Visit): [string, Visit] => [`${each.place} (${each.shows})`, each]

describe('a text of an attacker is only a text', () => {
  it('of the mandate authority and the login provider, when an officer signs in', async () => {
    const { page } = victim
    world.doors.mandates = 2
    await page.getByRole('button', { name: 'Iniciar sesión', exact: true }).click()
    await page.locator('.choices button').first().waitFor()
    expect.soft(await look()).toEqual([])
    await page.locator('.choices button').first().click()
    await page.getByRole('dialog').waitFor()
    expect.soft(await look()).toEqual([])
    await page.getByRole('dialog').getByRole('button', { name: 'Continuar' }).click()
  })

  it.each(ANALYST_VISITS.map(nameVisit))('on the page %s', async (_, each) => {
    expect.soft(await visitAndLook(each)).toEqual([])
  })

  it('in the line of countries, and in what a dry run says', async () => {
    const { page } = victim
    await page.getByRole('button', { name: 'Detalle por país' }).click()
    await page.getByRole('button', { name: '¿Por qué está vacío?' }).click()
    await page.locator('#line-details [role=status] li').first().waitFor()
    expect.soft(await look()).toEqual([])
  })

  it('in the reason of a refusal', async () => {
    const { page } = victim
    world.doors.refusal = 'QUESTIONS'
    await goTo(page, '/case/GT:C-2')
    await page.getByRole('alert').waitFor()
    expect.soft(await look()).toEqual([])
    await goTo(page, '/audit/entry/1')
    await page.locator('main').getByRole('alert').first().waitFor()
    expect.soft(await look()).toEqual([])
    world.doors.refusal = null
  })

  it.each(AUDIT_VISITS.map(nameVisit))('on the page %s', async (_, each) => {
    expect.soft(await visitAndLook(each)).toEqual([])
  })

  it('in each field of each document, and in each other text of an answer', () => {
    const operations = readDocuments().map(({ text }) => /^query (\w+)/.exec(text)?.[1] ?? text)
    expect([...world.doors.asked, ...ONLY_OF_PROVED].sort()).toEqual(operations.sort())
    const unseen = [...world.doors.written].filter((place) => !shown.has(place))
    expect(unseen.filter((place) => !NOT_SHOWN.some((known) => known.test(place))).sort()).toEqual([])
    // What is said to be shown nowhere is shown nowhere.
    expect([...shown].filter((place) => NOT_SHOWN.some((known) => known.test(place))).sort()).toEqual([])
  })
})
